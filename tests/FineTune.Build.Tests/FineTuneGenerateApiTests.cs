namespace FineTune.Build.Tests;

public sealed class FineTuneGenerateApiTests : IDisposable
{
    private readonly BuildScene scene = new();

    private string SourceFile => Path.Combine(scene.Intermediate, "SentimentModel.g.cs");

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Labels_come_from_the_data_with_one_worker_call()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(["Labels Sentiment"], scene.WorkerCalls);
        var source = File.ReadAllText(SourceFile);
        Assert.Contains("namespace Shop", source, StringComparison.Ordinal);
        Assert.Contains("Negative = 0,", source, StringComparison.Ordinal);
        Assert.Contains("Positive = 1,", source, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_labels_need_no_worker_and_leave_the_file_as_it_is()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());
        var written = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(SourceFile, written);

        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment", ("Epochs", "7"))).Execute());

        Assert.Single(scene.WorkerCalls);
        Assert.Equal(written, File.GetLastWriteTimeUtc(SourceFile));
    }

    [Fact]
    public void New_labels_in_the_data_change_the_file()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());
        File.AppendAllText(scene.TrainData, "so so,neutral\n");

        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
        Assert.Contains("Neutral = 1,", File.ReadAllText(SourceFile), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_was_trained_needs_no_second_worker_for_its_labels()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(["Train Sentiment"], scene.WorkerCalls);
        Assert.True(File.Exists(SourceFile));
    }

    [Fact]
    public void Labels_that_the_item_gives_need_no_worker_and_keep_their_order()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment", ("Labels", "positive;negative"))).Execute());

        Assert.Empty(scene.WorkerCalls);
        Assert.Contains("Positive = 0,", File.ReadAllText(SourceFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_could_not_be_read_leave_the_remembered_ones()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());
        var data = File.ReadAllText(scene.TrainData);
        File.AppendAllText(scene.TrainData, "so so,neutral\n");
        var failing = scene.GenerateApi(BuildScene.Model("Sentiment"));
        failing.DotNetHostPath = scene.FileAt("no-dotnet");
        Assert.False(failing.Execute());

        File.WriteAllText(scene.TrainData, data);

        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment")).Execute());
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void A_mistake_in_the_data_is_reported_and_the_code_of_the_last_build_stays()
    {
        Directory.CreateDirectory(scene.Intermediate);
        File.WriteAllText(Path.Combine(scene.Intermediate, "FailModel.g.cs"), "// as it was");

        Assert.False(scene.GenerateApi(BuildScene.Model("Fail"), BuildScene.Model("Sentiment")).Execute());

        Assert.Equal("FT1003", Assert.Single(scene.Engine.Errors).Code);
        Assert.Equal("// as it was", File.ReadAllText(Path.Combine(scene.Intermediate, "FailModel.g.cs")));
        Assert.True(File.Exists(SourceFile));
    }

    [Fact]
    public void A_number_has_no_labels_and_needs_no_worker()
    {
        Assert.True(scene.GenerateApi(BuildScene.Model("Sentiment", ("Task", "TextRegression"))).Execute());

        Assert.Empty(scene.WorkerCalls);
        var source = File.ReadAllText(SourceFile);
        Assert.Contains("FineTune.Runtime.RegressionPrediction Predict(string text)", source, StringComparison.Ordinal);
        Assert.DoesNotContain("enum", source, StringComparison.Ordinal);
    }
}
