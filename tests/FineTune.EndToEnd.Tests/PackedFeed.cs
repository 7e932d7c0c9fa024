using System.Reflection;
using CliWrap;
using CliWrap.Buffered;
using FineTune.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(PackedFeed))]

namespace FineTune.EndToEnd.Tests;

/// <summary>
/// The packages as users get them, packed once for all tests, and a packages folder that no other run knows. What the packages depend on
/// comes from the packages folder of this machine, which has it since this project was restored.
/// </summary>
public sealed class PackedFeed : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("finetune-end-to-end-").FullName;

    public static string Version => Metadata("PackageVersion");

    public static string MachinePackages => Metadata("PackagesDirectory");

    /// <summary>The release of xunit that these tests use themselves, so this machine has it.</summary>
    public static string XunitVersion => Metadata("XunitVersion");

    public static string Repository => Metadata("RepositoryDirectory");

    public string Feed => Path.Combine(root, "feed");

    public string Packages => Path.Combine(root, "packages");

    /// <summary>A store in which the model of <see cref="TestProject"/> lies already, once <see cref="TestProject.TrainOnce"/> was called.</summary>
    internal Lazy<Task<string>> TrainedStore { get; }

    public PackedFeed() => TrainedStore = new Lazy<Task<string>>(() => TestProject.TrainOnce(this));

    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(root, $"{name}-{Guid.NewGuid():N}"[..(name.Length + 9)])).FullName;

    /// <summary>
    /// The packages of this machine but our own: somebody who tried the packages here has them in the machine's folder, and NuGet would take those for the
    /// ones that were just packed.
    /// </summary>
    public string Fallback => Path.Combine(root, "fallback");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Fallback);
        foreach (var package in Directory.GetDirectories(MachinePackages).Where(package => !Path.GetFileName(package).StartsWith("finetune.", StringComparison.Ordinal)))
        {
            Directory.CreateSymbolicLink(Path.Combine(Fallback, Path.GetFileName(package)), package);
        }

        var project = Path.Combine(Repository, "build", "pack.proj");
        var result = await Cli.Wrap(TestProject.DotNet)
            .WithArguments(["pack", project, $"-p:Configuration={Metadata("Configuration")}", "-p:NoBuild=true", $"-p:PackageOutputPath={Feed}/", "-v", "q", "--nologo"])
            .WithEnvironmentVariables(TestProject.CleanEnvironment())
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Metadata(string key)
        => typeof(PackedFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
