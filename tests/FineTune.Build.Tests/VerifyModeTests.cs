namespace FineTune.Build.Tests;

public sealed class VerifyModeTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Every_build_measures_again_and_judges_what_was_measured()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.True(Verify().Execute());
        var task = Verify();

        Assert.True(task.Execute());
        Assert.Equal(["Train Sentiment", "Verify Sentiment", "Verify Sentiment"], scene.WorkerCalls);
        Assert.EndsWith("Sentiment.verified.json", Assert.Single(task.ReadyModels).GetMetadata("MetricsFile"), StringComparison.Ordinal);
        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: accuracy 0.90 (verified)");
    }

    [Fact]
    public void A_missed_condition_fails_as_in_every_mode()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.False(Verify(("Require", "accuracy >= 0.95")).Execute());

        Assert.Equal("FT5001", Assert.Single(scene.Engine.Errors).Code);
    }

    [Fact]
    public void A_built_model_of_other_inputs_fails_and_the_change_is_named()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Seed", "95"))).Execute());
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var built = File.ReadAllText(Path.Combine(scene.Intermediate, "Sentiment.ftmodel"));

        Assert.False(Verify(("Seed", "95")).Execute());
        Assert.False(Verify(("Seed", "95")).Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal("FT6106", error.Code);
        Assert.Contains("Since the last training: Seed 90 → 95.", error.Message, StringComparison.Ordinal);
        Assert.Equal(built, File.ReadAllText(Path.Combine(scene.Intermediate, "Sentiment.ftmodel")));
    }

    [Fact]
    public void Where_nothing_was_built_the_model_comes_from_the_store()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Directory.Delete(scene.Intermediate, recursive: true);

        Assert.True(Verify().Execute());

        Assert.True(File.Exists(Path.Combine(scene.Intermediate, "Sentiment.ftmodel")));
    }

    [Fact]
    public void A_missing_model_is_an_error_that_says_what_changed()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        File.AppendAllText(scene.TrainData, "It is fine,positive\n");

        Assert.False(Verify().Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal("FT6101", error.Code);
        Assert.Contains("FineTuneMode=Verify forbids to train it. Since the last training: data/train.csv: 1 row added.", error.Message, StringComparison.Ordinal);
        Assert.Single(scene.WorkerCalls);
    }

    private FineTuneTrain Verify(params (string, string)[] metadata)
    {
        var task = scene.Train(BuildScene.Model("Sentiment", metadata));
        task.Mode = "Verify";
        return task;
    }
}
