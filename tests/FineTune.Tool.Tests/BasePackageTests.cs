using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using FineTune.Core.Packages;
using FineTune.Core.Specification;

namespace FineTune.Tool.Tests;

/// <summary>Base models in packages that NuGet has put onto this machine.</summary>
public sealed class BasePackageTests(TinyProject project) : IClassFixture<TinyProject>
{
    private readonly string folder = Directory.CreateDirectory(project.NewFolder()).FullName;

    private string Packages => Path.Combine(folder, "packages");

    [Fact]
    public void A_projects_model_starts_from_the_version_that_the_project_was_restored_with()
    {
        Install("1.0.0", "1.2.0");
        var file = WriteProject("package:Contoso.Tiny/1.*", restored: "1.0.0");

        var explained = ToolRun.InProcess("explain", "--project", file, "--cache-directory", project.Store, "--json");
        var trained = ToolRun.InProcess("train", "--project", file, "--cache-directory", project.Store, "--json");

        Assert.True(explained.ExitCode == 0, explained.Error);
        Assert.Contains("Tiny: starts from Contoso.Tiny 1.0.0", explained.Error, StringComparison.Ordinal);
        // The same files in a folder were trained from before.
        Assert.Equal("nothing", (string)explained.Json["action"]!);
        Assert.Contains(explained.Json["inputs"]!.AsArray(), input => ((string)input!["path"]!).StartsWith(Path.Combine(Packages, "contoso.tiny", "1.0.0", "model"), StringComparison.Ordinal));
        Assert.False((bool)trained.Json["trained"]!, trained.Error);
    }

    [Fact]
    public void A_project_that_was_not_restored_takes_the_best_version_that_is_there()
    {
        Install("1.0.0", "1.2.0", "2.0.0");

        var run = ToolRun.InProcess("explain", "--project", WriteProject("package:Contoso.Tiny/1.*", restored: null), "--cache-directory", project.Store, "--json");

        Assert.Contains("Tiny: starts from Contoso.Tiny 1.2.0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_build_of_the_project_restored_itself_is_taken_too()
    {
        Install("1.0.0", "1.2.0");
        var restore = InstalledPackages.BuildRestore(Path.Combine(folder, "obj"), BaseModelPackage.Parse("package:Contoso.Tiny/1.*"));
        WriteAssets(Directory.CreateDirectory(restore).FullName, "1.0.0");

        var run = ToolRun.InProcess("explain", "--project", WriteProject("package:Contoso.Tiny/1.*", restored: null, $"<FineTuneIntermediateDirectory>{folder}/obj/</FineTuneIntermediateDirectory>"));

        Assert.Contains("Tiny: starts from Contoso.Tiny 1.0.0", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("package:Contoso.None", "dotnet package download Contoso.None --output")]
    [InlineData("package:Contoso.None/[1.2,2.0)", "dotnet package download Contoso.None@1.2.0 --output")]
    [InlineData("package:Contoso.None/1.*", "dotnet package download Contoso.None@VERSION --output")]
    public async Task A_package_that_is_not_there_is_an_error_with_the_command_that_brings_it(string name, string command)
    {
        var run = await RunAsync("train", "--base-model", name, "--train-data", project.TrainData, "--cache-directory", project.Store);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FT2002", run.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{command} \"{Packages}\"", run.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_whose_restore_brings_the_package_is_to_be_restored()
    {
        var file = WriteProject("package:Contoso.None", restored: null, "<_FineTuneIsSdkStyle>true</_FineTuneIsSdkStyle>");

        var run = ToolRun.InProcess("explain", "--project", file);

        Assert.Contains($"Get it with: dotnet restore \"{file}\"", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_project_the_packages_are_those_of_the_user()
    {
        Install("1.0.0", "1.2.0");

        var explained = await RunAsync("explain", "--base-model", "package:contoso.tiny", "--train-data", project.TrainData, "--cache-directory", project.Store);
        var inspected = await RunAsync("inspect", "package:Contoso.Tiny/[1.0.0]");

        Assert.True(explained.ExitCode == 0, explained.StandardError);
        Assert.Contains("Model: starts from contoso.tiny 1.2.0", explained.StandardOutput, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Packages, "contoso.tiny", "1.0.0", "model"), inspected.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<config><add key=\"globalPackagesFolder\" value=\"packages\" /></config>")]
    [InlineData("<config><add key=\"globalPackagesFolder\" value=\"elsewhere\" /></config><fallbackPackageFolders><add key=\"shared\" value=\"packages\" /></fallbackPackageFolders>")]
    public async Task The_packages_of_the_user_are_where_the_configuration_of_NuGet_says(string settings)
    {
        Install("1.0.0", "1.2.0");
        var directory = WriteConfiguration($"<configuration>{settings}</configuration>");
        var specification = Path.Combine(directory, "spec.json");
        await File.WriteAllTextAsync(specification, $$"""{ "name": "Tiny", "baseModel": "package:Contoso.Tiny", "trainData": {{JsonSerializer.Serialize(project.TrainData)}} }""", TestContext.Current.CancellationToken);

        var inspected = await RunInAsync(directory, packages: null, "inspect", "package:Contoso.Tiny/[1.0.0]");
        var explained = await RunInAsync(project.Folder, packages: null, "explain", "--spec", specification, "--cache-directory", project.Store);

        Assert.Contains(Path.Combine(Packages, "contoso.tiny", "1.0.0", "model"), inspected.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("Tiny: starts from Contoso.Tiny 1.2.0", explained.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_the_environment_wins_over_the_configuration_of_NuGet()
    {
        Install("1.0.0");
        var directory = WriteConfiguration("<configuration><config><add key=\"globalPackagesFolder\" value=\"elsewhere\" /></config></configuration>");

        var run = await RunInAsync(directory, Packages, "inspect", "package:Contoso.Tiny");

        Assert.Contains(Path.Combine(Packages, "contoso.tiny", "1.0.0", "model"), run.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_of_NuGet_that_cannot_be_read_is_an_error_for_those_who_need_it()
    {
        var directory = WriteConfiguration("<configuration><config>");

        var failed = await RunInAsync(directory, packages: null, "inspect", "package:Contoso.Tiny");
        var others = await RunInAsync(directory, packages: null, "inspect", project.Base);

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("FT2005", failed.StandardError, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, "nuget.config"), failed.StandardError, StringComparison.OrdinalIgnoreCase);
        Assert.True(others.ExitCode == 0, others.StandardError);
    }

    private Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunInAsync(folder, Packages, arguments);

    private static async Task<BufferedCommandResult> RunInAsync(string directory, string? packages, params string[] arguments)
        => await Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet")
            .WithArguments([Path.Combine(AppContext.BaseDirectory, "dotnet-finetune.dll"), .. arguments])
            .WithWorkingDirectory(directory)
            .WithEnvironmentVariables(variables => variables.Set("NUGET_PACKAGES", packages))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    /// <summary>Writes a <c>nuget.config</c>, and returns a folder below that one.</summary>
    private string WriteConfiguration(string configuration)
    {
        File.WriteAllText(Path.Combine(folder, "nuget.config"), configuration);
        return Directory.CreateDirectory(Path.Combine(folder, "below")).FullName;
    }

    private void Install(params string[] versions)
    {
        foreach (var version in versions)
        {
            var package = Path.Combine(Packages, "contoso.tiny", version);
            var model = Directory.CreateDirectory(Path.Combine(package, "model")).FullName;
            File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), "{}");
            foreach (var file in Directory.GetFiles(project.Base))
            {
                File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
            }
        }
    }

    /// <summary>A project with the model of <see cref="TinyProject"/>, and perhaps what its restore wrote down.</summary>
    private string WriteProject(string baseModel, string? restored, string properties = "")
    {
        var file = Path.Combine(folder, "shop.proj");
        if (restored is not null)
        {
            WriteAssets(folder, restored);
        }

        File.WriteAllText(file, $"""
            <Project>
              <PropertyGroup>
                <ProjectAssetsFile>{folder}/project.assets.json</ProjectAssetsFile>
                <NuGetPackageRoot>{Packages}</NuGetPackageRoot>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <FineTuneModel Include="Tiny" BaseModel="{baseModel}" TrainData="{project.TrainData}" ValidationSplit="0.25" Epochs="20" BatchSize="8" LearningRate="0.005" />
              </ItemGroup>
            </Project>
            """);
        return file;
    }

    private void WriteAssets(string directory, string version) => File.WriteAllText(Path.Combine(directory, "project.assets.json"), $$"""
        {
          "libraries": { "Contoso.Tiny/{{version}}": { "type": "package", "path": "contoso.tiny/{{version}}" } },
          "packageFolders": { "{{Packages.Replace(@"\", @"\\", StringComparison.Ordinal)}}": {} }
        }
        """);
}
