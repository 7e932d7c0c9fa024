using System.Diagnostics;
using System.Globalization;
using CliWrap.Buffered;
using Microsoft.Build.Logging.StructuredLogger;
using Task = System.Threading.Tasks.Task;

namespace FineTune.Scenarios;

/// <summary>
/// A solution as somebody would have it: a class library with two models and two target frameworks, a console app, a web app and a test project. It is built with several nodes as a graph, again
/// and again, with one edit in between; the table says what ran.
/// </summary>
internal static class SolutionScenario
{
    private const string Solution = "all.slnx";

    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(2);
    private static readonly string[] Models = ["Sentiment", "Topic"];
    private static readonly string[] Projects = ["library", "console", "web", "tests"];
    private static readonly string[] Kinds = ["first", "second", "short", "long", "kind", "angry", "new", "old", "last", "odd"];

    public static async Task<int> Run()
    {
        using var sandbox = await Sandbox.Create();
        WriteSolution(sandbox);
        Console.WriteLine($"{"step",-58} {"Sentiment",-10} {"Topic",-10} {"seconds",7} {"compilers",9}");

        var isRight = await Step(sandbox, "first build", _ => { }, "trained", "trained", 5);
        isRight &= await Step(sandbox, "nothing changed", _ => { }, "nothing", "nothing", 0);
        isRight &= await Step(sandbox, "all data touched", TouchData, "judged", "judged", 0);
        isRight &= await Step(sandbox, "a row of Sentiment's data edited", s => Edit(s, "data/sentiment.csv", "I hated this day", "I hated that day"), "trained", "nothing", 2);
        isRight &= await Step(sandbox, "a new label in Topic's data", s => AppendRows(s, "data/topic.csv", "returns"), "nothing", "trained", 5);
        isRight &= await Step(sandbox, "a threshold of Sentiment raised", s => Edit(s, "library/library.csproj", "accuracy &gt;= 0.1", "accuracy &gt;= 0.2"), "judged", "nothing", 2);
        isRight &= await Step(sandbox, "Topic's strategy Full → Frozen", s => Edit(s, "library/library.csproj", "Include=\"Topic\"", "Include=\"Topic\" Strategy=\"Frozen\""), "nothing", "trained", 2);
        isRight &= await Step(sandbox, "test data given to Topic", s => Edit(s, "library/library.csproj", "Include=\"Topic\"", "Include=\"Topic\" TestData=\"../data/topic-test.csv\""), "nothing", "exported", 2);
        isRight &= await Step(sandbox, "both taken back", s => Edit(s, "library/library.csproj", "Include=\"Topic\" TestData=\"../data/topic-test.csv\" Strategy=\"Frozen\"", "Include=\"Topic\""), "nothing", "judged", 2);
        isRight &= await Step(sandbox, "code of the console app edited", s => File.AppendAllText(s.PathOf("console/Program.cs"), "// edited\n"), "nothing", "nothing", 1);
        isRight &= await Step(sandbox, "solution cleaned: dotnet clean, build", Clean, "judged", "judged", 5);
        isRight &= await Test(sandbox);
        Console.WriteLine(isRight ? "as expected" : "NOT as expected");
        return isRight ? 0 : 1;
    }

    /// <param name="sandbox">Where the solution is.</param>
    /// <param name="name">The step, for people.</param>
    /// <param name="edit">What is edited.</param>
    /// <param name="sentiment">What should run for the model Sentiment.</param>
    /// <param name="topic">What should run for the model Topic.</param>
    /// <param name="compilers">How often the compiler should run: a model is compiled into the library's two assemblies, a project file is an input of its compiler, and a changed API goes on to all projects.</param>
    private static async Task<bool> Step(Sandbox sandbox, string name, Action<Sandbox> edit, string sentiment, string topic, int compilers)
    {
        if (Stamps(sandbox).Count > 0)
        {
            // Who edits takes longer than the clock step of file systems, within which a stamp is not trusted.
            await Task.Delay(ClockStep);
            await sandbox.Command("build", Solution, "-graph", "-m", "-v:q").ExecuteBufferedAsync();
        }

        edit(sandbox);
        var (before, log) = (Stamps(sandbox), sandbox.PathOf("build.binlog"));
        var clock = Stopwatch.StartNew();
        var result = await sandbox.Command("build", Solution, "-graph", "-m", "-v:q", $"-bl:{log}").ExecuteBufferedAsync();
        clock.Stop();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name}: {result.StandardOutput}");
        }

        var build = BinaryLog.ReadBuild(log);
        var messages = build.FindChildrenRecursive<Message>().Select(message => message.Text).ToList();
        var after = Stamps(sandbox);
        var ran = Models.Select(model => What(model, messages, before, after)).ToList();
        var runs = build.FindChildrenRecursive<CscTask>().Count;
        var isRight = ran[0] == sentiment && ran[1] == topic && runs == compilers;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-58} {ran[0],-10} {ran[1],-10} {clock.Elapsed.TotalSeconds,7:0.0} {runs,9}{(isRight ? "" : $"   expected {sentiment}, {topic}, {compilers}")}"));
        return isRight;
    }

    private static string What(string model, List<string> messages, Dictionary<string, DateTime> before, Dictionary<string, DateTime> after)
        => messages.Any(text => text.StartsWith($"{model}:", StringComparison.Ordinal) && text.Contains(" (trained in ", StringComparison.Ordinal)) ? "trained"
            : messages.Any(text => text.StartsWith($"{model}:", StringComparison.Ordinal) && text.EndsWith(" (nothing to train)", StringComparison.Ordinal)) ? "exported"
            : before.GetValueOrDefault(model) != after.GetValueOrDefault(model) ? "judged" : "nothing";

    /// <summary>The task's stamps are written anew when it looked at a model, and not when it found nothing to do.</summary>
    private static Dictionary<string, DateTime> Stamps(Sandbox sandbox)
    {
        var folder = sandbox.PathOf("library/obj/FineTune/Debug");
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.FineTuneTrain.stamp").ToDictionary(file => Path.GetFileName(file).Split('.')[0], File.GetLastWriteTimeUtc)
            : [];
    }

    private static async Task<bool> Test(Sandbox sandbox)
    {
        var result = await sandbox.Command("run", "--no-build", "--project", "tests").ExecuteBufferedAsync();
        Console.WriteLine(result.ExitCode == 0 ? "the tests of the test project pass" : result.StandardOutput);
        return result.ExitCode == 0;
    }

    private static void WriteSolution(Sandbox sandbox)
    {
        sandbox.Write(Solution, string.Join('\n', ["<Solution>", .. Projects.Select(name => $"""  <Project Path="{name}/{name}.csproj" />"""), "</Solution>"]));
        sandbox.Write("library/library.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Sdk Name="FineTune.Build" Version="{Sandbox.Version}" />
              <PropertyGroup>
                <TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>
                <LangVersion>latest</LangVersion>
                <RootNamespace>Shop</RootNamespace>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <FineTuneModel Include="Sentiment" TrainData="../data/sentiment.csv" Epochs="1" Require="accuracy &gt;= 0.1" />
                <FineTuneModel Include="Topic" TrainData="../data/topic.csv" Epochs="1" />
              </ItemGroup>
            </Project>
            """);
        const string answer = "using var model = Shop.SentimentModel.Load();\nSystem.Console.WriteLine(model.Predict(\"what a wonderful day\").Label);\n";
        WriteUser(sandbox, "console", "Microsoft.NET.Sdk", "<OutputType>Exe</OutputType>", "", answer);
        WriteUser(sandbox, "web", "Microsoft.NET.Sdk.Web", "", "", answer);
        WriteUser(sandbox, "tests", "Microsoft.NET.Sdk", "<OutputType>Exe</OutputType>", """<PackageReference Include="xunit.v3" Version="4.0.2" />""", """
            public class SentimentTests
            {
                [Xunit.Fact]
                public void The_model_answers()
                {
                    using var model = Shop.SentimentModel.Load();
                    Xunit.Assert.True(System.Enum.IsDefined(model.Predict("what a wonderful day").Label));
                }
            }
            """, "SentimentTests.cs");

        string[] subjects = ["day", "film", "meal", "trip", "book", "song", "talk", "game", "room", "gift"];
        sandbox.Write("data/sentiment.csv", "text,label\n" + string.Concat(subjects.Select(subject => $"what a wonderful {subject},positive\nI loved this {subject},positive\nwhat a terrible {subject},negative\nI hated this {subject},negative\n")));
        sandbox.Write("data/topic.csv", "text,label\n");
        AppendRows(sandbox, "data/topic.csv", "delivery");
        AppendRows(sandbox, "data/topic.csv", "billing");
        sandbox.Write("data/topic-test.csv", "text,label\na late note on delivery,delivery\na late note on billing,billing\n");
    }

    private static void WriteUser(Sandbox sandbox, string name, string sdk, string properties, string items, string code, string file = "Program.cs")
    {
        sandbox.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../library/library.csproj" />
                {items}
              </ItemGroup>
            </Project>
            """);
        sandbox.Write($"{name}/{file}", code);
    }

    private static void AppendRows(Sandbox sandbox, string data, string label)
        => File.AppendAllText(sandbox.PathOf(data), string.Concat(Kinds.Select(word => $"a {word} question about {label},{label}\n")));

    private static void TouchData(Sandbox sandbox)
    {
        foreach (var file in Directory.GetFiles(sandbox.PathOf("data")))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
        }
    }

    private static void Clean(Sandbox sandbox)
    {
        using var clean = Process.Start(new ProcessStartInfo("dotnet", ["clean", sandbox.PathOf(Solution), "-v:q"]) { RedirectStandardOutput = true })!;
        clean.StandardOutput.ReadToEnd();
        clean.WaitForExit();
    }

    private static void Edit(Sandbox sandbox, string file, string from, string to)
    {
        var text = sandbox.Read(file);
        if (!text.Contains(from, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{file} has no '{from}'.");
        }

        sandbox.Write(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
