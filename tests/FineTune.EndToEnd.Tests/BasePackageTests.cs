using System.IO.Compression;
using System.Text.Json.Nodes;

namespace FineTune.EndToEnd.Tests;

/// <summary>Models that start from a model in a NuGet package.</summary>
public sealed class BasePackageTests(PackedFeed feed)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_restore_brings_the_package_and_only_another_content_trains_again()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Newest");
        await packages.Pack("1.0.0");
        project.WriteProject("BaseModel=\"package:Contoso.Models.Newest/1.*\"");

        // The model in the store was trained from the same files.
        var first = await project.Build();
        first.MustSucceed();
        Assert.Empty(first.Trained);
        Assert.Contains("Sentiment: starts from Contoso.Models.Newest 1.0.0", first.Messages);
        Assert.DoesNotContain("Contoso", await File.ReadAllTextAsync(project.PathOf("bin/Debug/net10.0/app.deps.json"), Cancellation), StringComparison.Ordinal);

        // A newer version is nobody's business until somebody asks for it, and the source may be away.
        await packages.Pack("1.1.0", remark: "another model");
        Directory.Move(packages.Source, packages.Source + "-away");
        var second = await project.Build();
        second.MustSucceed();
        Assert.Empty(second.Workers);
        Assert.Equal(0, second.CompilerRuns);
        Directory.Move(packages.Source + "-away", packages.Source);

        var third = await project.Build("--force");
        third.MustSucceed();
        Assert.Equal(["Sentiment"], third.Trained);
        Assert.Contains("Sentiment: starts from Contoso.Models.Newest 1.1.0", third.Messages);

        var fourth = await project.Build();
        fourth.MustSucceed();
        Assert.Empty(fourth.Workers);
    }

    [Fact]
    public async Task A_PackageReference_style_project_restores_the_package_when_it_first_needs_it()
    {
        var project = await TestProject.Create(feed, isTrained: true, TestProject.PackageReference);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Late");
        await packages.Pack("1.0.0");
        await packages.Pack("1.2.0");
        project.WriteProject("BaseModel=\"package:Contoso.Models.Late/[1.1,2.0)\"", style: TestProject.PackageReference);

        var first = await project.Build();
        first.MustSucceed();
        Assert.Contains("Sentiment: starts from Contoso.Models.Late 1.2.0", first.Messages);
        Assert.DoesNotContain("Contoso", await File.ReadAllTextAsync(project.PathOf("obj/project.assets.json"), Cancellation), StringComparison.Ordinal);

        Directory.Move(packages.Source, packages.Source + "-away");
        var second = await project.Build("--no-restore", "-p:FineTuneMode=Restore");
        second.MustSucceed();
        Assert.Contains("Sentiment: starts from Contoso.Models.Late 1.2.0", second.Messages);

        // The lowest version of the range appears, and the choice is made anew.
        Directory.Move(packages.Source + "-away", packages.Source);
        await packages.Pack("1.1.0");
        (await project.Run(["clean"])).MustSucceed();
        var third = await project.Build();
        third.MustSucceed();
        Assert.Contains("Sentiment: starts from Contoso.Models.Late 1.1.0", third.Messages);
    }

    [Fact]
    public async Task A_package_that_was_not_restored_is_an_error_at_the_item_with_a_way_out()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Missing");
        await packages.Pack("1.0.0");
        (await project.Run(["restore"])).MustSucceed();
        project.WriteProject("BaseModel=\"package:Contoso.Models.Missing\"");

        var error = (await project.Build("--no-restore")).OnlyError("FT2002");

        Assert.Equal(await ItemLine(project), error.LineNumber);
        Assert.Contains($"dotnet restore \"{project.ProjectFile}\"", error.Text, StringComparison.Ordinal);
        await project.RunCommand("restore", project.ProjectFile);
        (await project.Build("--no-restore")).MustSucceed();
    }

    [Fact]
    public async Task A_package_without_a_model_is_an_error_at_the_item()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        await new ModelPackages(feed, project, "Contoso.Models.Empty").PackWithoutModel("1.0.0");
        project.WriteProject("BaseModel=\"package:Contoso.Models.Empty/[1.0.0]\"");

        var error = (await project.Build()).OnlyError("FT2003");

        Assert.Equal(await ItemLine(project), error.LineNumber);
        Assert.Contains("Contoso.Models.Empty 1.0.0 holds no base model", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("package:Contoso Models")]
    [InlineData("package:Contoso.Models/newest, please!")]
    public async Task A_malformed_name_is_an_error_at_the_item_and_none_of_NuGet(string baseModel)
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject($"BaseModel=\"{baseModel}\"");

        Assert.Equal(await ItemLine(project), (await project.Build()).OnlyError("FT0003").LineNumber);
    }

    [Theory]
    [InlineData("""<PackageVersion Include="Contoso.Models.Central" Version="1.1.0" />""", "", "1.1.0")]
    [InlineData("", "", "1.2.0")]
    [InlineData("", "/[1.0,2.0)", "1.0.0")]
    public async Task Central_package_management_may_choose_the_version_and_need_not(string central, string range, string version)
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Central");
        foreach (var packed in new[] { "1.0.0", "1.1.0", "1.2.0" })
        {
            await packages.Pack(packed);
        }

        project.Write("Directory.Packages.props", $"<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup><ItemGroup>{central}</ItemGroup></Project>");
        project.WriteProject($"BaseModel=\"package:contoso.models.central{range}\"", properties: "<TargetFramework>net10.0</TargetFramework><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>");
        (await project.Run(["restore"])).MustSucceed();

        var pinned = JsonNode.Parse(await File.ReadAllTextAsync(project.PathOf("packages.lock.json"), Cancellation))!["dependencies"]!["net10.0"]!.AsObject();
        Assert.Equal(version, (string)pinned.Single(package => package.Key.Equals("Contoso.Models.Central", StringComparison.OrdinalIgnoreCase)).Value!["resolved"]!);
    }

    [Fact]
    public async Task Two_ranges_for_one_package_are_an_error_at_the_item_that_did_not_get_its_own()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Twice");
        await packages.Pack("1.0.0");
        await packages.Pack("2.0.0");
        project.WriteProject("BaseModel=\"package:Contoso.Models.Twice/1.0\"", items: "\n<FineTuneModel Include=\"Other\" TrainData=\"data/train.csv\" BaseModel=\"package:Contoso.Models.Twice/2.0\" />");

        var error = (await project.Build()).OnlyError("FT2004");

        Assert.Equal(1 + await ItemLine(project), error.LineNumber);
        Assert.Contains("restored with Contoso.Models.Twice 1.0.0, but this model asks for Contoso.Models.Twice 2.0", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_of_several_frameworks_looks_once_and_does_not_depend_on_the_package()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var packages = new ModelPackages(feed, project, "Contoso.Models.Library");
        await packages.Pack("1.0.0");
        File.Delete(project.PathOf("Program.cs"));
        project.WriteProject("BaseModel=\"package:Contoso.Models.Library\"", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><LangVersion>latest</LangVersion><OutputType>Library</OutputType>");

        var packed = await project.Run(["pack", "-o", project.PathOf("packed"), "-m:2"]);

        packed.MustSucceed();
        Assert.Empty(packed.Warnings);
        Assert.Equal(1, packed.Runs("FineTuneTrain"));
        Assert.Contains("Sentiment: starts from Contoso.Models.Library 1.0.0", packed.Messages);
        using var archive = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(project.PathOf("packed"))));
        using var nuspec = new StreamReader(archive.GetEntry("app.nuspec")!.Open());
        Assert.DoesNotContain("Contoso", await nuspec.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain(archive.Entries, entry => entry.Name is "config.json" or "model.safetensors");
    }

    [Fact]
    public async Task An_editor_needs_no_package_for_the_API_and_watches_what_was_restored()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        (await project.Run(["restore"])).MustSucceed();
        project.WriteProject("BaseModel=\"package:Contoso.Models.Unknown\"");
        project.Write("Directory.Build.targets", """<Project><Target Name="CollectUpToDateCheckInputDesignTime" Returns="@(UpToDateCheckInput)" /></Project>""");

        var compiled = await project.Run(["msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"]);
        var asked = await project.Run(["msbuild", "-t:CollectUpToDateCheckInputDesignTime", "-p:DesignTimeBuild=true", "-getItem:UpToDateCheckInput"]);

        compiled.MustSucceed();
        Assert.Empty(compiled.Warnings);
        Assert.True(File.Exists(project.PathOf("obj/FineTune/Debug/SentimentModel.g.cs")));
        Assert.Contains(JsonNode.Parse(asked.Output)!["Items"]!["UpToDateCheckInput"]!.AsArray(), item => Path.GetFileName((string)item!["Identity"]!) == "project.assets.json" && (string)item["Set"]! == "FineTune");
    }

    private static async Task<int> ItemLine(TestProject project)
        => 1 + Array.FindIndex(await File.ReadAllLinesAsync(project.ProjectFile, Cancellation), text => text.Contains("<FineTuneModel", StringComparison.Ordinal));
}
