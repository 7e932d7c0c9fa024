using System.Collections;
using System.Security;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using CliWrap.EventStream;
using Microsoft.Build.Logging.StructuredLogger;

namespace FineTune.EndToEnd.Tests;

/// <summary>A user's project in a folder of its own, with a store of its own, that uses the packed packages.</summary>
internal sealed class TestProject
{
    public const string Sdk = "sdk";
    public const string PackageReference = "package reference";

    private readonly PackedFeed feed;

    private TestProject(PackedFeed feed)
    {
        this.feed = feed;
        Directory = feed.NewFolder("project");
        Store = feed.NewFolder("store");
        Packages = feed.Packages;
    }

    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public string Directory { get; }

    public string Store { get; }

    public string Packages { get; init; }

    /// <summary>The process of the build that was started last.</summary>
    public int BuildProcess { get; private set; }

    public string ProjectFile => PathOf("app.csproj");

    public string[] StoredModels => Folders("models");

    public string[] StoredTrainings => Folders("training");

    /// <summary>A project with one model of forty rows. Its store is empty, or has the model already when <paramref name="isTrained"/>.</summary>
    public static async Task<TestProject> Create(PackedFeed feed, bool isTrained, string style = Sdk, string? packages = null)
    {
        var project = new TestProject(feed) { Packages = packages ?? feed.Packages };
        project.WriteNuGetConfig(useFallback: packages is null, useMachineSources: false);
        project.Write("data/train.csv", Rows());
        project.Write("Program.cs", """
            using var model = App.SentimentModel.Load();
            var prediction = model.Predict("what a wonderful day");
            System.Console.WriteLine($"{prediction.Label} {prediction.Scores()}");

            internal static class Formatting
            {
                public static string Scores(this FineTune.Runtime.Prediction<App.SentimentLabel> prediction)
                    => (prediction.ScoreOf(App.SentimentLabel.Negative) + prediction.ScoreOf(App.SentimentLabel.Positive)).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
            }
            """);
        project.WriteProject(style: style);
        if (isTrained)
        {
            CopyFolder(await feed.TrainedStore.Value, project.Store);
        }

        return project;
    }

    /// <summary>Trains the model of every new project once, and returns the store.</summary>
    public static async Task<string> TrainOnce(PackedFeed feed)
    {
        var project = await Create(feed, isTrained: false);
        (await project.Build()).MustSucceed();
        return project.Store;
    }

    public static Dictionary<string, string?> CleanEnvironment()
    {
        var environment = new Dictionary<string, string?>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            string[] prefixes = ["MSBUILD", "DOTNET_", "FINETUNE_", "NUGET_P", "XDG_", "TESTINGPLATFORM", "CI", "GITHUB_", "TF_BUILD", "VSTEST"];
            if (prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && name != "DOTNET_ROOT")
            {
                environment[name] = null;
            }
        }

        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_NOLOGO"] = "1";
        // Other tests run at the same time; threads that wait actively would take their processors.
        environment["OMP_WAIT_POLICY"] = "passive";
        return environment;
    }

    public string PathOf(string relative) => Path.Combine(Directory, relative);

    public void Write(string relative, string content)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), content);
    }

    /// <summary>Writes the project file: <paramref name="metadata"/> of its only model, and more <paramref name="properties"/>.</summary>
    public void WriteProject(string metadata = "", string properties = "<TargetFramework>net10.0</TargetFramework>", string style = Sdk, string items = "", string sdk = "Microsoft.NET.Sdk")
        => Write("app.csproj", ProjectText($"<OutputType>Exe</OutputType>{properties}", style, $"""<FineTuneModel Include="Sentiment" TrainData="data/train.csv" Epochs="1" {metadata} />{items}""", sdk));

    /// <summary>The text of a project that uses the package, or, without a <paramref name="style"/>, of one that does not.</summary>
    public static string ProjectText(string properties, string style = Sdk, string items = "", string sdk = "Microsoft.NET.Sdk")
        => $"""
            <Project Sdk="{sdk}">
              {(style == Sdk ? $"""<Sdk Name="FineTune.Build" Version="{PackedFeed.Version}" />""" : "")}
              <PropertyGroup>
                <RootNamespace>App</RootNamespace>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {(style == PackageReference ? $"""<PackageReference Include="FineTune.Build" Version="{PackedFeed.Version}" />""" : "")}
                {items}
              </ItemGroup>
            </Project>
            """;

    /// <summary>Where packages come from: the packed ones, this machine's packages folder or its own sources, and perhaps a folder with more.</summary>
    public void WriteNuGetConfig(bool useFallback, bool useMachineSources, string? source = null)
        => Write("nuget.config", $"""
            <configuration>
              <packageSources>
                {(useMachineSources ? "" : "<clear />")}
                <add key="packed" value="{SecurityElement.Escape(feed.Feed)}" />
                {(useFallback ? "" : $"""<add key="machine" value="{SecurityElement.Escape(PackedFeed.MachinePackages)}" />""")}
                {(source is null ? "" : $"""<add key="source" value="{SecurityElement.Escape(source)}" />""")}
              </packageSources>
              <fallbackPackageFolders>
                {(useFallback ? $"""<add key="machine" value="{SecurityElement.Escape(feed.Fallback)}" />""" : "")}
              </fallbackPackageFolders>
            </configuration>
            """);

    public Task<BuildOutcome> Build(params string[] arguments) => Run(["build", .. arguments]);

    /// <summary>Runs a command of <c>dotnet</c> that builds, and reads its binary log; of one that <paramref name="interrupt"/> ended as Ctrl-C does, or that is killed, there is none.</summary>
    public async Task<BuildOutcome> Run(string[] arguments, Action<string>? onLine = null, string? projectFile = null, CancellationTokenSource? interrupt = null, bool isKilled = false)
    {
        var log = PathOf($"{Guid.NewGuid():N}.binlog");
        var command = Command([arguments[0], projectFile ?? ProjectFile, .. arguments[1..], $"-bl:{log}", "--nologo"]);
        var output = new List<string>();
        var exitCode = -1;
        try
        {
            await foreach (var commandEvent in command.ListenAsync(Encoding.UTF8, Encoding.UTF8, TestContext.Current.CancellationToken, interrupt?.Token ?? CancellationToken.None))
            {
                switch (commandEvent)
                {
                    case StandardOutputCommandEvent line:
                        output.Add(line.Text);
                        onLine?.Invoke(line.Text);
                        break;
                    case StartedCommandEvent started:
                        BuildProcess = started.ProcessId;
                        break;
                    case StandardErrorCommandEvent line:
                        output.Add(line.Text);
                        break;
                    case ExitedCommandEvent exited:
                        exitCode = exited.ExitCode;
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (interrupt?.IsCancellationRequested == true)
        {
            output.Add("interrupted");
        }

        return new BuildOutcome(exitCode, string.Join('\n', output), isKilled || interrupt?.IsCancellationRequested == true ? new() : BinaryLog.ReadBuild(log));
    }

    /// <summary>Runs a command of <c>dotnet</c> that is no build, and returns what it prints.</summary>
    public async Task<string> RunCommand(params string[] arguments)
    {
        var result = await Command(arguments).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        return result.StandardOutput;
    }

    /// <summary>Runs what was built, and returns what it prints.</summary>
    public async Task<string> RunApp(string relative = "bin/Debug/net10.0/app.dll")
    {
        var isLibrary = relative.EndsWith(".dll", StringComparison.Ordinal);
        var command = isLibrary ? Command([PathOf(relative)]) : Cli.Wrap(PathOf(relative)).WithValidation(CommandResultValidation.None);
        var result = await command.ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        return result.StandardOutput.Trim();
    }

    private Command Command(string[] arguments) => Cli.Wrap(DotNet)
        .WithArguments(arguments)
        .WithWorkingDirectory(Directory)
        .WithEnvironmentVariables(new Dictionary<string, string?>(CleanEnvironment()) { ["NUGET_PACKAGES"] = Packages, ["FINETUNE_CACHE_DIRECTORY"] = Store })
        .WithValidation(CommandResultValidation.None);

    private string[] Folders(string kind)
    {
        var folder = Path.Combine(Store, "v1", kind);
        return System.IO.Directory.Exists(folder) ? System.IO.Directory.GetDirectories(folder) : [];
    }

    public static string Rows()
    {
        string[] subjects = ["day", "film", "meal", "trip", "book", "song", "talk", "game", "room", "gift"];
        var rows = subjects.SelectMany(subject => new[]
        {
            $"what a wonderful {subject},positive", $"I loved this {subject},positive", $"what a terrible {subject},negative", $"I hated this {subject},negative",
        });
        return "text,label\n" + string.Join('\n', rows) + "\n";
    }

    private static void CopyFolder(string source, string destination)
    {
        // Which project made the entries is not copied, as if they had come from another machine.
        foreach (var file in System.IO.Directory.GetFiles(source, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) != ".record"))
        {
            var copy = Path.Combine(destination, Path.GetRelativePath(source, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
