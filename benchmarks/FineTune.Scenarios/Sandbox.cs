using System.Reflection;
using CliWrap;
using CliWrap.Buffered;

namespace FineTune.Scenarios;

/// <summary>A folder with the packed packages, a packages folder and a store that nobody else uses: a user's machine on the first day.</summary>
internal sealed class Sandbox : IDisposable
{
    private static readonly string[] ForeignVariables = ["MSBUILD", "FINETUNE_", "NUGET_P", "CI", "GITHUB_"];

    private readonly string _root = Directory.CreateTempSubdirectory("finetune-scenario-").FullName;

    private Sandbox()
    {
    }

    public static string Version => Metadata("PackageVersion");

    public string Store => Path.Combine(_root, "store");

    public static async Task<Sandbox> Create()
    {
        var sandbox = new Sandbox();
        Console.WriteLine("packing the packages …");
        var project = Path.Combine(Metadata("RepositoryDirectory"), "build", "pack.proj");
        var packed = await sandbox.Command("pack", project, $"-p:Configuration={Metadata("Configuration")}", $"-p:PackageOutputPath={sandbox.PathOf("feed")}/", "-v", "q", "--nologo").ExecuteBufferedAsync();
        if (packed.ExitCode != 0)
        {
            throw new InvalidOperationException(packed.StandardOutput + packed.StandardError);
        }

        // What this machine has already, but our own packages of an earlier day, need not be fetched again.
        Directory.CreateDirectory(sandbox.PathOf("fallback"));
        foreach (var package in Directory.GetDirectories(Metadata("PackagesDirectory")).Where(package => !Path.GetFileName(package).StartsWith("finetune.", StringComparison.Ordinal)))
        {
            Directory.CreateSymbolicLink(sandbox.PathOf($"fallback/{Path.GetFileName(package)}"), package);
        }

        sandbox.Write("nuget.config", $"""
            <configuration>
              <packageSources><add key="packed" value="{sandbox.PathOf("feed")}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{sandbox.PathOf("fallback")}" /></fallbackPackageFolders>
              <config><add key="globalPackagesFolder" value="{sandbox.PathOf("packages")}" /></config>
            </configuration>
            """);
        // Nothing of the folders above has a say.
        sandbox.Write("Directory.Build.props", "<Project />");
        sandbox.Write("Directory.Build.targets", "<Project />");
        sandbox.Write("Directory.Packages.props", "<Project />");
        return sandbox;
    }

    public string PathOf(string relative) => Path.Combine(_root, relative);

    public string Read(string relative) => File.ReadAllText(PathOf(relative));

    public void Write(string relative, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), content);
    }

    /// <summary>A command of <c>dotnet</c>, in an environment without this process's build settings.</summary>
    public Command Command(params string[] arguments) => Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        .WithArguments(arguments)
        .WithWorkingDirectory(_root)
        .WithEnvironmentVariables(Variables())
        .WithValidation(CommandResultValidation.None);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Dictionary<string, string?> Variables()
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => ForeignVariables.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(name => name, _ => (string?)null);
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        variables["DOTNET_NOLOGO"] = "1";
        variables["DOTNET_CLI_UI_LANGUAGE"] = "en";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["FINETUNE_CACHE_DIRECTORY"] = Store;
        return variables;
    }

    private static string Metadata(string key)
        => typeof(Sandbox).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
