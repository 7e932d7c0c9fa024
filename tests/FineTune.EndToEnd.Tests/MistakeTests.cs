namespace FineTune.EndToEnd.Tests;

/// <summary>Mistakes in the data and in the project.</summary>
public sealed class MistakeTests(PackedFeed feed)
{
    [Fact]
    public async Task A_missing_column_is_an_error_in_the_data_file_and_another_models_mistake_is_reported_too()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("LabelColumn=\"mood\"", items: "<FineTuneModel Include=\"Other\" TrainData=\"data/train.csv\" LerningRate=\"1\" />");

        var outcome = await project.Build();

        Assert.False(outcome.Succeeded);
        Assert.Equal(2, outcome.Errors.Count);
        var missing = Assert.Single(outcome.Errors, error => error.Code.StartsWith("FT1", StringComparison.Ordinal));
        Assert.EndsWith("train.csv", missing.File, StringComparison.Ordinal);
        Assert.Equal(1, missing.LineNumber);
        Assert.Contains("mood", missing.Text, StringComparison.Ordinal);
        var unknown = Assert.Single(outcome.Errors, error => error.Code.StartsWith("FT0", StringComparison.Ordinal));
        Assert.Equal(project.ProjectFile, unknown.File);
        Assert.Contains("LearningRate", unknown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(project.StoredModels);
        Assert.Equal(0, outcome.CompilerRuns);
    }

    [Fact]
    public async Task An_empty_text_is_an_error_at_its_line()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.Write("data/train.csv", "text,label\ngood,positive\n,negative\nbad,negative\n");

        var outcome = await project.Build();

        Assert.False(outcome.Succeeded);
        var error = Assert.Single(outcome.Errors);
        Assert.StartsWith("FT1", error.Code, StringComparison.Ordinal);
        Assert.Equal(3, error.LineNumber);
    }

    [Theory]
    [InlineData("Strategy=\"Frozen\" LayerDecay=\"0.9\"", "FT0007", "Set Strategy to LayerwiseDecay")]
    [InlineData("Strategy=\"Frozen\" TrainableLayers=\"40\"", "FT0017", "the base model has 4 layers")]
    [InlineData("warmup_ratio=\"2.5\"", "FT0003", "WarmupSteps must be")]
    public async Task Options_that_cannot_be_are_errors_at_the_item_before_anything_is_trained(string metadata, string code, string message)
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject(metadata);
        var line = 1 + Array.FindIndex(await File.ReadAllLinesAsync(project.ProjectFile, TestContext.Current.CancellationToken), text => text.Contains("<FineTuneModel", StringComparison.Ordinal));

        var outcome = await project.Build();

        var error = outcome.OnlyError(code);
        Assert.Equal((project.ProjectFile, line), (error.File, error.LineNumber));
        Assert.Contains(message, error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sentiment.train", outcome.Workers);
    }

    [Fact]
    public async Task The_names_of_Hugging_Faces_trainer_work_as_metadata()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.Write("app.csproj", (await WithTrainerNames(project)).Replace("Epochs=\"1\"", "num_train_epochs=\"1\"", StringComparison.Ordinal));

        var outcome = await project.Build();

        outcome.MustSucceed();
        Assert.Empty(outcome.Warnings);
        Assert.Contains(outcome.Messages, message => message.Contains("'num_train_epochs' is called Epochs here.", StringComparison.Ordinal));
        Assert.Contains(outcome.Messages, message => message.Contains("'logging_dir' is ignored.", StringComparison.Ordinal));

        static Task<string> WithTrainerNames(TestProject project)
        {
            project.WriteProject("per_device_train_batch_size=\"8\" per_device_eval_batch_size=\"32\" warmup_steps=\"2\" weight_decay=\"0.01\" logging_dir=\"logs\" output_dir=\"results\"");
            return File.ReadAllTextAsync(project.ProjectFile, TestContext.Current.CancellationToken);
        }
    }
}
