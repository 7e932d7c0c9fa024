using FineTune.Build.Deploying;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Build.Tests.Deploying;

public sealed class ModelDeploymentTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(Deployment.Auto, 5, Deployment.Embed)]
    [InlineData(Deployment.Auto, 15, Deployment.File)]
    [InlineData(Deployment.Embed, 5, Deployment.Embed)]
    [InlineData(Deployment.Assembly, 5, Deployment.Assembly)]
    [InlineData(Deployment.File, 5, Deployment.File)]
    public void Auto_embeds_what_an_assembly_can_hold(Deployment wanted, int megabytes, Deployment expected)
        => Assert.Equal(expected, ModelDeployment.Decide(wanted, "Sentiment", megabytes * 1_000_000L, largestEmbedded: 10));

    [Theory]
    [InlineData(Deployment.Embed)]
    [InlineData(Deployment.Assembly)]
    public void A_model_that_no_assembly_can_hold_is_an_error_with_a_way_out(Deployment wanted)
    {
        var exception = Assert.Throws<FineTuneException>(() => ModelDeployment.Decide(wanted, "Sentiment", 2_100_000_000, ModelDeployment.LargestEmbedded));

        Assert.Equal("FT6110", exception.Code);
        Assert.Contains("2,100 MB, and an assembly can hold 1,900 MB", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_is_no_number_is_an_error()
        => Assert.Contains("'big', which is no number", Assert.Throws<FineTuneException>(() => ModelDeployment.ReadLimit("big")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_build_says_how_each_model_is_deployed_also_when_it_is_up_to_date()
    {
        Assert.True(Train().Execute());
        scene.LetADayPass();
        var second = Train();

        Assert.True(second.Execute());

        Assert.Equal(["Assembly", "File", "Embed"], second.ReadyModels.Select(model => model.GetMetadata("Deployment")));
        Assert.True(File.Exists(Path.Combine(scene.Intermediate, "Shop.First.Model.dll")));
        Assert.Equal("File", File.ReadAllText(Path.Combine(scene.Intermediate, "Second.deployment")));
    }

    [Fact]
    public void A_model_that_is_too_large_fails_at_its_item()
    {
        var task = scene.Train(BuildScene.Model("First", ("Deploy", "Embed")), BuildScene.Model("Second"));
        task.MaxEmbeddedSize = "0.00001";

        Assert.False(task.Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal(("FT6110", 3), (error.Code, error.LineNumber));
        Assert.Equal("File", Assert.Single(task.ReadyModels).GetMetadata("Deployment"));
    }

    [Theory]
    [InlineData("Assembly", "typeof(global::FineTune.Models.Shop.First).Assembly")]
    [InlineData("File", "global::System.AppContext.BaseDirectory, \"Shop.First.ftmodel\"")]
    [InlineData("Embed", "typeof(FirstModel).Assembly")]
    public void The_generated_code_loads_the_model_from_where_it_is(string deploy, string expected)
    {
        var train = scene.Train(BuildScene.Model("First", ("Deploy", deploy)));
        train.AssemblyName = "Shop";
        Assert.True(train.Execute());
        var generate = scene.GenerateApi(BuildScene.Model("First", ("Deploy", deploy)));
        generate.AssemblyName = "Shop";

        Assert.True(generate.Execute());

        Assert.Contains(expected, File.ReadAllText(Path.Combine(scene.Intermediate, "FirstModel.g.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_editor_sees_code_that_compiles_when_an_item_no_longer_asks_for_an_assembly()
    {
        Assert.True(Train().Execute());

        Assert.True(scene.GenerateApi(BuildScene.Model("First")).Execute());

        Assert.Contains("typeof(FirstModel).Assembly", File.ReadAllText(Path.Combine(scene.Intermediate, "FirstModel.g.cs")), StringComparison.Ordinal);
    }

    private FineTuneTrain Train()
    {
        var task = scene.Train(BuildScene.Model("First", ("Deploy", "Assembly")), BuildScene.Model("Second", ("Deploy", "file")), BuildScene.Model("Third"));
        task.AssemblyName = "Shop";
        return task;
    }
}
