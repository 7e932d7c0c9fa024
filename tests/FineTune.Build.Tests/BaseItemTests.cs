using Microsoft.Build.Framework;

namespace FineTune.Build.Tests;

/// <summary>Models that start from other models of the project.</summary>
public sealed class BaseItemTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void The_model_that_another_one_starts_from_is_trained_first_and_is_no_part_of_the_app()
    {
        var task = scene.Train(Sentiment(), Topic("Domain"), BuildScene.Model("Domain"));

        Assert.True(task.Execute());

        Assert.Equal(["Train Domain", "Train Sentiment from Domain", "Train Topic from Domain"], scene.WorkerCalls);
        Assert.Equal([("Domain", "None"), ("Sentiment", "Embed"), ("Topic", "Embed")], task.ReadyModels.Select(model => (model.GetMetadata("Name"), model.GetMetadata("Deployment"))));
    }

    [Fact]
    public void It_is_part_of_the_app_when_it_says_so()
    {
        var task = scene.Train(Sentiment(), BuildScene.Model("Domain", ("Deploy", "Embed")));

        Assert.True(task.Execute());

        Assert.Equal(["Embed", "Embed"], task.ReadyModels.Select(model => model.GetMetadata("Deployment")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_runs_when_nothing_changed_and_what_changed_below_trains_all_that_stand_on_it(bool aDayLater)
    {
        Assert.True(scene.Train(Sentiment(), BuildScene.Model("Domain")).Execute());
        if (aDayLater)
        {
            scene.LetADayPass();
        }

        Assert.True(scene.Train(Sentiment(), BuildScene.Model("Domain")).Execute());
        Assert.Equal(2, scene.WorkerCalls.Length);

        Assert.True(scene.Train(Sentiment(), BuildScene.Model("Domain", ("LearningRate", "1e-4"))).Execute());
        Assert.Equal(["Train Domain", "Train Sentiment from Domain"], scene.WorkerCalls.Skip(2));
        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: since the last training: base model: the training of Domain changed");

        Assert.True(scene.Train(Sentiment(("LearningRate", "1e-4")), BuildScene.Model("Domain", ("LearningRate", "1e-4"))).Execute());
        Assert.Equal(["Train Sentiment from Domain"], scene.WorkerCalls.Skip(4));
    }

    [Fact]
    public void Weights_that_the_store_lost_are_made_again_only_for_a_training()
    {
        Assert.True(scene.Train(Sentiment(), BuildScene.Model("Domain")).Execute());
        Directory.Delete(Path.Combine(scene.Store, "v1/training"), recursive: true);

        Assert.True(scene.Train(Sentiment(), BuildScene.Model("Domain")).Execute());
        Assert.Equal(2, scene.WorkerCalls.Length);

        Assert.True(scene.Train(Sentiment(("LearningRate", "1e-4")), BuildScene.Model("Domain")).Execute());
        Assert.Equal(["Train Domain for its weights", "Train Sentiment from Domain"], scene.WorkerCalls.Skip(2));
    }

    [Fact]
    public void Where_the_lower_model_fails_the_upper_one_is_not_trained_and_the_others_are()
    {
        var task = scene.Train(Sentiment(("BaseModel", "Fail")), BuildScene.Model("Fail"), BuildScene.Model("Topic"));

        Assert.False(task.Execute());

        Assert.Equal(["Train Fail", "Train Topic"], scene.WorkerCalls);
        Assert.Equal(["FT1003", "FT6108"], scene.Engine.Errors.Select(error => error.Code));
    }

    [Fact]
    public void A_missed_requirement_below_keeps_the_upper_model_from_being_trained()
    {
        Assert.False(scene.Train(Sentiment(), BuildScene.Model("Domain", ("Require", "accuracy > 0.95"))).Execute());

        Assert.Equal(["Train Domain"], scene.WorkerCalls);
        Assert.Equal(["FT5001", "FT6108"], scene.Engine.Errors.Select(error => error.Code));
    }

    [Fact]
    public void Models_that_start_from_each_other_are_an_error_at_each()
    {
        var task = scene.Train(Sentiment(("BaseModel", "Topic")), Topic("Sentiment"), BuildScene.Model("Other"), BuildScene.Model("Self", ("BaseModel", "item:Self")));

        Assert.False(task.Execute());

        Assert.Equal(["Train Other"], scene.WorkerCalls);
        Assert.Equal(["FT0020", "FT0020", "FT0020"], scene.Engine.Errors.Select(error => error.Code));
        Assert.Contains(scene.Engine.Errors, error => error.Message!.Contains("Sentiment → Topic → Sentiment", StringComparison.Ordinal));
    }

    [Fact]
    public void A_marked_name_that_no_item_has_is_an_error_and_a_plain_one_is_a_folder()
    {
        Assert.False(scene.Train(Sentiment(("BaseModel", "item:Domain"))).Execute());
        Assert.Contains("There is no FineTuneModel item 'Domain'", Assert.Single(scene.Engine.Errors).Message, StringComparison.Ordinal);

        Assert.True(scene.Train(Sentiment(("BaseModel", "models/tiny"))).Execute());
    }

    [Fact]
    public void A_model_that_is_no_part_of_the_app_gets_no_class()
    {
        Assert.True(scene.GenerateApi(Sentiment(), BuildScene.Model("Domain")).Execute());

        Assert.DoesNotContain("public", File.ReadAllText(Path.Combine(scene.Intermediate, "DomainModel.g.cs")), StringComparison.Ordinal);
        Assert.Contains("class SentimentModel", File.ReadAllText(Path.Combine(scene.Intermediate, "SentimentModel.g.cs")), StringComparison.Ordinal);

        Assert.True(scene.GenerateApi(BuildScene.Model("Domain")).Execute());
        Assert.Contains("class DomainModel", File.ReadAllText(Path.Combine(scene.Intermediate, "DomainModel.g.cs")), StringComparison.Ordinal);
    }

    private static ITaskItem Sentiment(params (string Name, string Value)[] metadata) => BuildScene.Model("Sentiment", [("BaseModel", "domain"), .. metadata]);

    private static ITaskItem Topic(string baseModel) => BuildScene.Model("Topic", ("BaseModel", baseModel), ("Seed", "95"));
}
