using FineTune.Core.Specification;
using FineTune.Training.Strategies;

namespace FineTune.Training.Tests.Strategies;

public sealed class StrategyTests
{
    private const string Embedding = "bert.embeddings.word_embeddings.weight";
    private const string Bottom = "bert.encoder.layer.0.attention.self.query.weight";
    private const string Top = "bert.encoder.layer.11.output.dense.weight";
    private const string TopBias = "bert.encoder.layer.11.output.dense.bias";
    private const string TopNorm = "bert.encoder.layer.11.output.LayerNorm.weight";
    private const string Pooler = "bert.pooler.dense.weight";
    private const string Classifier = "classifier.weight";

    private static readonly string[] Names = [Embedding, Bottom, Top, TopBias, TopNorm, Pooler, Classifier];

    [Fact]
    public void Full_trains_everything_with_one_rate()
    {
        var groups = Groups(new TrainingPlan { Name = "m", Strategy = Strategy.Full });

        Assert.All(groups.Values, group => Assert.True(group is { RateFactor: 1, Trainable: true }));
    }

    [Fact]
    public void Biases_and_normalization_weights_do_not_decay()
    {
        var groups = Groups(new TrainingPlan { Name = "m", WeightDecay = 0.05 });

        Assert.Equal(0, groups[TopBias].WeightDecay);
        Assert.Equal(0, groups[TopNorm].WeightDecay);
        Assert.Equal(0.05, groups[Top].WeightDecay);
        Assert.Equal(0.05, groups[Embedding].WeightDecay);
    }

    [Fact]
    public void Layerwise_decay_gives_the_top_layer_one_factor_and_the_embeddings_one_more_than_there_are_layers()
    {
        var groups = Groups(new TrainingPlan { Name = "m", Strategy = Strategy.LayerwiseDecay, LayerDecay = 0.9 });

        Assert.Equal(1, groups[Classifier].RateFactor);
        Assert.Equal(1, groups[Pooler].RateFactor);
        Assert.Equal(0.9, groups[Top].RateFactor, 1e-15);
        Assert.Equal(Math.Pow(0.9, 12), groups[Bottom].RateFactor, 1e-15);
        Assert.Equal(Math.Pow(0.9, 13), groups[Embedding].RateFactor, 1e-15);
    }

    [Fact]
    public void Layerwise_decay_of_one_is_full()
        => Assert.Equal(
            Groups(new TrainingPlan { Name = "m", Strategy = Strategy.Full }),
            Groups(new TrainingPlan { Name = "m", Strategy = Strategy.LayerwiseDecay, LayerDecay = 1 }));

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, false, true)]
    [InlineData(12, true, true)]
    public void Frozen_trains_the_top_layers_and_the_head(int trainable, bool bottomTrains, bool topTrains)
    {
        var groups = Groups(new TrainingPlan { Name = "m", Strategy = Strategy.Frozen, TrainableLayers = trainable });

        Assert.False(groups[Embedding].Trainable);
        Assert.Equal(bottomTrains, groups[Bottom].Trainable);
        Assert.Equal(topTrains, groups[Top].Trainable);
        Assert.True(groups[Pooler].Trainable);
        Assert.True(groups[Classifier].Trainable);
    }

    private static IReadOnlyDictionary<string, ParameterGroup> Groups(TrainingPlan plan) => ParameterGroups.Of(plan, Names, layerCount: 12);
}
