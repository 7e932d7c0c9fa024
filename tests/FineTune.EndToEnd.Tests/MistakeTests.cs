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

    [Fact]
    public async Task Without_an_earlier_model_switching_off_is_an_error_that_says_so()
    {
        var project = await TestProject.Create(feed, isTrained: false);

        (await project.Build("-p:FineTuneEnabled=false")).OnlyError("FT6102");
    }
}
