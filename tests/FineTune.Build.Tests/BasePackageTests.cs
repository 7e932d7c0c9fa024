using Microsoft.Build.Framework;

namespace FineTune.Build.Tests;

/// <summary>Models that start from a model in a NuGet package.</summary>
public sealed class BasePackageTests : IDisposable
{
    private const string Range = "package:Contoso.Sst/[1.0,2.0)";

    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void The_version_that_was_restored_is_told_and_trained_from()
    {
        Install("1.0.0", "a");
        Install("1.2.0", "b");
        WriteAssets("1.0.0");

        Assert.True(Train(Range).Execute());

        Assert.Contains(scene.Engine.Messages, message => message is { Message: "Sentiment: starts from Contoso.Sst 1.0.0", Importance: MessageImportance.High });
        Assert.Contains(Path.Combine("contoso.sst", "1.0.0", "model"), File.ReadAllText(Path.Combine(scene.Intermediate, "Sentiment.train.json")).Replace(@"\\", @"\", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(scene.Engine.BuiltProjects);
    }

    [Fact]
    public void Another_version_trains_only_where_the_model_is_another_one()
    {
        Install("1.0.0", "a");
        Install("1.0.1", "a");
        Install("1.2.0", "b");
        WriteAssets("1.0.0");
        Assert.True(Train(Range).Execute());
        scene.LetADayPass();
        Assert.True(Train(Range).Execute());

        Assert.True(Train(Range).Execute());
        Assert.DoesNotContain(scene.Engine.Messages, message => message.Message!.Contains("starts from", StringComparison.Ordinal));

        WriteAssets("1.0.1");
        Assert.True(Train(Range).Execute());
        Assert.Contains(scene.Engine.Messages, message => message is { Message: "Sentiment: starts from Contoso.Sst 1.0.1", Importance: MessageImportance.Normal });
        Assert.Single(scene.WorkerCalls);

        WriteAssets("1.2.0");
        Assert.True(Train(Range).Execute());
        Assert.Equal(2, scene.WorkerCalls.Length);
        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: since the last training: base model: model.safetensors changed");
    }

    [Fact]
    public void A_model_that_starts_from_another_one_trains_again_when_the_package_below_changes()
    {
        Install("1.0.0", "a");
        Install("1.2.0", "b");
        WriteAssets("1.0.0");
        Assert.True(TrainBoth().Execute());
        scene.LetADayPass();
        Assert.True(TrainBoth().Execute());
        Assert.True(TrainBoth().Execute());
        Assert.Equal(2, scene.WorkerCalls.Length);

        WriteAssets("1.2.0");
        Assert.True(TrainBoth().Execute());

        Assert.Equal(["Train Domain", "Train Sentiment from Domain"], scene.WorkerCalls.Skip(2));

        FineTuneTrain TrainBoth() => Prepare(scene.Train(BuildScene.Model("Sentiment", ("BaseModel", "Domain")), BuildScene.Model("Domain", ("BaseModel", Range))));
    }

    [Fact]
    public void One_exact_version_in_the_packages_folder_is_used_without_a_restore()
    {
        Install("1.0.0", "a");

        Assert.True(Train("package:Contoso.Sst/[1.0.0]", project: "base.proj").Execute());

        Assert.Empty(scene.Engine.BuiltProjects);
    }

    [Fact]
    public void What_the_project_could_not_restore_is_restored_once()
    {
        var task = Train(Range, project: "base.proj");
        scene.Engine.BuildProject = properties =>
        {
            Install("1.2.0", "b");
            WriteAssets("1.2.0", (string)properties["MSBuildProjectExtensionsPath"]!);
            return true;
        };

        Assert.True(task.Execute());

        var (built, targets, given) = Assert.Single(scene.Engine.BuiltProjects);
        Assert.Equal(("base.proj", "Restore"), (built, Assert.Single(targets)));
        Assert.Equal(("Contoso.Sst", "[1.0,2.0)"), ((string)given["BaseModelPackageId"]!, (string)given["BaseModelPackageVersion"]!));
        Assert.Equal(scene.FileAt("packages"), (string)given["RestorePackagesPath"]!);

        Assert.True(Train(Range, project: "base.proj").Execute());
        Assert.True(Train(Range, "base.proj", ("Seed", "95")).Execute());
        Assert.Empty(scene.Engine.BuiltProjects);
        Assert.Equal(2, scene.WorkerCalls.Length);
    }

    [Theory]
    [InlineData("", "Contoso.Sst [1.0,2.0) was not restored. Run 'dotnet restore")]
    [InlineData("base.proj", "Contoso.Sst [1.0,2.0) could not be restored. Check that a package source")]
    public void A_package_that_is_not_there_is_an_error_at_the_item(string project, string message)
    {
        var task = Train(Range, project);
        scene.Engine.BuildProject = _ => false;

        Assert.False(task.Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal(("FT2002", 3), (error.Code, error.LineNumber));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(scene.WorkerCalls);
    }

    [Fact]
    public void A_package_without_a_model_is_an_error_at_the_item()
    {
        scene.Write("packages/contoso.sst/1.0.0/.nupkg.metadata", "{}");

        Assert.False(Train("package:Contoso.Sst/[1.0.0]").Execute());

        Assert.Equal(("FT2003", 3), (scene.Engine.Errors.Single().Code, scene.Engine.Errors.Single().LineNumber));
    }

    [Theory]
    [InlineData("package:Contoso Sst")]
    [InlineData("package:Contoso.Sst/one")]
    public void A_malformed_name_is_an_error_at_the_item(string baseModel)
    {
        Assert.False(Train(baseModel, project: "base.proj").Execute());

        Assert.Equal(("FT0003", 3), (scene.Engine.Errors.Single().Code, scene.Engine.Errors.Single().LineNumber));
        Assert.Empty(scene.Engine.BuiltProjects);
    }

    [Fact]
    public void Restore_mode_wants_the_package_too_as_it_wants_a_folder()
    {
        Install("1.0.0", "a");
        WriteAssets("1.0.0");
        Assert.True(Train(Range).Execute());

        var restored = Train(Range);
        restored.Mode = "Restore";
        Assert.True(restored.Execute());

        File.Delete(scene.FileAt("obj/project.assets.json"));
        var missing = Train(Range);
        missing.Mode = "Restore";
        Assert.False(missing.Execute());
        Assert.Equal("FT2002", Assert.Single(scene.Engine.Errors).Code);
    }

    private FineTuneTrain Train(string baseModel, string? project = null, params (string, string)[] metadata) => Prepare(scene.Train(BuildScene.Model("Sentiment", [("BaseModel", baseModel), .. metadata])), project);

    private FineTuneTrain Prepare(FineTuneTrain task, string? project = null)
    {
        task.PackageFolders = [scene.FileAt("packages")];
        task.AssetsFile = scene.FileAt("obj/project.assets.json");
        task.BaseModelProject = project;
        return task;
    }

    private void Install(string version, string weights)
    {
        scene.Write($"packages/contoso.sst/{version}/.nupkg.metadata", "{}");
        scene.Write($"packages/contoso.sst/{version}/model/config.json", "{}");
        scene.Write($"packages/contoso.sst/{version}/model/model.safetensors", weights);
    }

    private void WriteAssets(string version, string directory = "obj/") => scene.Write(directory + "project.assets.json", $$"""
        {
          "libraries": { "Contoso.Sst/{{version}}": { "type": "package", "path": "contoso.sst/{{version}}" } },
          "packageFolders": { "{{scene.FileAt("packages").Replace(@"\", @"\\", StringComparison.Ordinal)}}": {} }
        }
        """);
}
