namespace FineTune.EndToEnd.Tests;

/// <summary>Builds that may not train, and what removes what was trained.</summary>
public sealed class ModeTests(PackedFeed feed)
{
    [Fact]
    public async Task Restore_mode_never_trains_and_says_what_it_would_train()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build("-p:FineTuneMode=Restore")).MustSucceed();
        project.WriteProject("Seed=\"9\"");
        var outcome = await project.Build("-p:FineTuneMode=Restore");

        Assert.Contains("Since the last training: Seed 42 → 9.", outcome.OnlyError("FT6101").Text, StringComparison.Ordinal);
        Assert.Empty(outcome.Workers);
    }

    [Fact]
    public async Task Verify_mode_measures_the_stored_model_again_and_fails_for_a_built_model_of_other_inputs()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var verified = await project.Build("-p:FineTuneMode=Verify");
        File.AppendAllText(project.PathOf("obj/FineTune/Debug/Sentiment.ftmodel"), "changed");

        var refused = await project.Build("-p:FineTuneMode=Verify");

        verified.MustSucceed();
        Assert.Equal(["Sentiment.verify"], verified.Workers);
        Assert.Contains(verified.Messages, message => message.EndsWith("(verified)", StringComparison.Ordinal));
        refused.OnlyError("FT6106");
        Assert.Equal(0, refused.CompilerRuns);
    }

    [Fact]
    public async Task Switched_off_a_build_uses_the_last_model_and_its_API_whatever_became_of_the_data()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();
        File.Delete(project.PathOf("data/train.csv"));

        var outcome = await project.Build("-p:FineTuneEnabled=false");

        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
        Assert.Equal(0, outcome.CompilerRuns);
    }

    [Fact]
    public async Task Without_an_earlier_model_switching_off_is_an_error_that_says_so()
    {
        var project = await TestProject.Create(feed, isTrained: false);

        (await project.Build("-p:FineTuneEnabled=false")).OnlyError("FT6102");
    }

    [Fact]
    public async Task FineTuneClean_removes_the_projects_entries()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();

        var outcome = await project.Run(["build", "-t:FineTuneClean"]);

        outcome.MustSucceed();
        Assert.Empty(project.StoredModels);
        Assert.Empty(project.StoredTrainings);
        Assert.False(Directory.Exists(project.PathOf("obj/FineTune/Debug")));
    }
}
