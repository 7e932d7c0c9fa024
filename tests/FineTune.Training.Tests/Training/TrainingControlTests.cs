using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using TorchSharp;

namespace FineTune.Training.Tests.Training;

public sealed class TrainingControlTests
{
    private const string Embeddings = "bert.embeddings.word_embeddings.weight";
    private const string Bottom = "bert.encoder.layer.0.output.dense.weight";
    private const string Middle = "bert.encoder.layer.1.output.dense.weight";
    private const string Top = "bert.encoder.layer.2.output.dense.weight";
    private const string Pooler = "bert.pooler.dense.weight";

    private static readonly TrainingPlan Plan = new() { Name = "triage", LearningRate = 2e-3, Epochs = 1, BatchSize = 8, Seed = 5 };

    [Fact]
    public void A_layer_decay_of_one_gives_the_bytes_of_full()
        => Assert.Equal(Bytes(Plan), Bytes(Plan with { Strategy = Strategy.LayerwiseDecay, LayerDecay = 1 }));

    [Fact]
    public void All_layers_trainable_with_the_embeddings_give_the_bytes_of_full()
        => Assert.Equal(Bytes(Plan), Bytes(Plan with { Strategy = Strategy.Frozen, TrainableLayers = 3, TrainableEmbeddings = true }));

    [Fact]
    public void Trainable_embeddings_below_frozen_layers_learn_through_them()
    {
        var changed = Changed(Plan with { Strategy = Strategy.Frozen, TrainableLayers = 1, TrainableEmbeddings = true });

        Assert.Equal([Embeddings, Top, Pooler], changed);
    }

    [Theory]
    [InlineData(5, new[] { Pooler })]
    [InlineData(6, new[] { Pooler })]
    [InlineData(7, new[] { Top, Pooler })]
    [InlineData(14, new[] { Middle, Top, Pooler })]
    [InlineData(20, new[] { Bottom, Middle, Top, Pooler })]
    [InlineData(25, new[] { Embeddings, Bottom, Middle, Top, Pooler })]
    public void Layers_are_unfrozen_one_after_the_other_from_the_top(int steps, string[] expected)
    {
        var plan = Plan with { Strategy = Strategy.Frozen, TrainableLayers = 0, TrainableEmbeddings = true, UnfreezeEvery = new TrainingInterval(6, IntervalUnit.Step), EvaluateEvery = new TrainingInterval(steps, IntervalUnit.Step) };

        Assert.Equal(expected, Changed(plan with { MaxSteps = steps }));
    }

    [Fact]
    public void Unfreezing_that_never_comes_gives_the_bytes_of_frozen()
        => Assert.Equal(
            Bytes(Plan with { Strategy = Strategy.Frozen }),
            Bytes(Plan with { Strategy = Strategy.Frozen, UnfreezeEvery = new TrainingInterval(2, IntervalUnit.Epoch) }));

    [Fact]
    public void The_summary_says_what_was_trained()
    {
        var summary = TinyBertTraining.Run(Plan with { Strategy = Strategy.Frozen, TrainableLayers = 1, WeightDecay = 0.05 }).Summary;

        Assert.Equal(
            [("embeddings", false, 0, 0), ("layer 0", false, 0, 0), ("layer 1", false, 0, 0), ("layer 2", true, 1, 0.05), ("head", true, 1, 0.05)],
            summary.Parts.Select(part => (part.Name, part.Trainable, part.RateFactor, part.WeightDecay)));
        Assert.Equal(summary.TrainableParameters, summary.Parts.Where(part => part.Trainable).Sum(part => part.Parameters));
        Assert.Equal(summary.Parameters, summary.Parts.Sum(part => part.Parameters));
    }

    [Fact]
    public void Reinitialized_layers_start_from_the_models_distribution_and_the_others_from_its_weights()
    {
        using var pretrained = TinyBertFolder.Parameters();
        using var parameters = TinyBertFolder.Parameters();
        PretrainedWeights.Load(parameters, TinyBertFolder.Directory, TinyBertFolder.Architecture, seed: 1, report: _ => { }, reinitializeLayers: 2);

        string[] changed = [.. parameters.Definitions.Select(definition => definition.Name).Where(name => !parameters.Read(name).SequenceEqual(pretrained.Read(name)))];

        Assert.Equal(parameters.Definitions.Select(definition => definition.Name).Where(name => name.Contains("layer.1.", StringComparison.Ordinal) || name.Contains("layer.2.", StringComparison.Ordinal) || name.Contains("pooler", StringComparison.Ordinal)), changed);
        Assert.All(parameters.Read("bert.encoder.layer.2.output.LayerNorm.weight"), value => Assert.Equal(1, value));
        Assert.All(parameters.Read("bert.encoder.layer.2.output.dense.bias"), value => Assert.Equal(0, value));
        var weights = parameters.Read("bert.encoder.layer.2.intermediate.dense.weight");
        var deviation = Math.Sqrt(weights.Average(weight => weight * weight));
        Assert.InRange(deviation, 0.9 * TinyBertFolder.Config.InitializerRange, 1.1 * TinyBertFolder.Config.InitializerRange);
    }

    [Fact]
    public void Steps_take_the_place_of_epochs()
    {
        var summary = TinyBertTraining.Run(Plan with { Epochs = 1, MaxSteps = 60 }).Summary;

        Assert.Equal((60, 2.4), (summary.Steps, summary.Epochs));
    }

    [Fact]
    public void Evaluations_come_at_their_interval_and_at_the_end()
    {
        var summary = TinyBertTraining.Run(Plan with { Epochs = 1, EvaluateEvery = new TrainingInterval(0.3, IntervalUnit.Epoch) }).Summary;

        Assert.Equal([8, 15, 23, 25], summary.History.Select(point => point.Step));
        Assert.All(summary.History, point => Assert.True(point.TrainingLoss > 0 && point.Metrics.ContainsKey("f1.macro")));
    }

    [Fact]
    public void The_metric_of_a_label_chooses_the_best_evaluation()
    {
        var summary = TinyBertTraining.Run(Plan with { Epochs = 4, BestMetric = "recall[praise]" }).Summary;

        Assert.Contains(summary.BestEpoch, summary.History.Select(point => point.Epoch));
    }

    [Fact]
    public void A_label_that_the_data_do_not_have_is_refused_before_anything_is_loaded()
    {
        var exception = Assert.Throws<FineTuneException>(() => TinyBertTraining.Run(Plan with { BestMetric = "f1[prase]" }));

        Assert.Equal("FT4002", exception.Code);
        Assert.Contains("Did you mean 'praise'?", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.1, 4)]
    public void Patience_ends_with_an_improvement_that_is_large_enough(double minimumImprovement, int evaluations)
    {
        using var parameters = TinyBertFolder.Parameters();
        var best = new BestEvaluation("accuracy", patience: 2, minimumImprovement, parameters);
        double[] accuracies = [0.5, 0.7, 0.75, 0.74, 0.73, 0.9];
        var done = 0;

        while (!best.WantsToEnd)
        {
            best.OnEvaluation(new TrainingEvaluation(done + 1, done + 1, new Dictionary<string, double> { ["accuracy"] = accuracies[done++] }, [[0, 1]]));
        }

        // The best weights are the best ones, however small the improvement was.
        Assert.Equal((evaluations, 3), (done, best.Step));
    }

    [Fact]
    public void Products_in_bfloat16_learn_nearly_the_same_and_leave_the_weights_in_full_precision()
    {
        var full = TinyBertTraining.Run(Plan with { Epochs = 2, Dropout = 0 });
        var half = TinyBertTraining.Run(Plan with { Epochs = 2, Dropout = 0, Precision = Precision.BFloat16 });

        Assert.Equal(("float32", "bfloat16"), (full.Summary.Precision, half.Summary.Precision));
        Assert.Equal(full.Summary.History[0].TrainingLoss, half.Summary.History[0].TrainingLoss, 0.02);
        Assert.NotEqual(TinyBertTraining.Bytes(full), TinyBertTraining.Bytes(half));
        // A bfloat16 has 16 zero bits at the end.
        Assert.Contains(TinyBertTraining.Weight(half, Top), weight => (BitConverter.SingleToUInt32Bits(weight) & 0xFFFF) != 0);
    }

    [Fact]
    public void Products_of_a_small_model_on_a_processor_are_in_full_precision_when_nothing_else_is_said()
        => Assert.Equal("float32", TinyBertTraining.Run(Plan with { MaxSteps = 1, Device = "Cpu" }).Summary.Precision);

    [Theory]
    [InlineData(true, 256, torch.ScalarType.BFloat16)]
    [InlineData(true, 192, torch.ScalarType.Float32)]
    [InlineData(false, 768, torch.ScalarType.Float32)]
    public void On_a_processor_its_kind_and_the_models_size_decide(bool multipliesBFloat16Faster, int hiddenSize, torch.ScalarType expected)
        => Assert.Equal(expected, TrainingPrecision.OnProcessor(multipliesBFloat16Faster, hiddenSize));

    private static byte[] Bytes(TrainingPlan plan) => TinyBertTraining.Bytes(TinyBertTraining.Run(plan));

    /// <summary>Which of one matrix for each part differ from the base model's.</summary>
    private static IEnumerable<string> Changed(TrainingPlan plan)
    {
        using var before = TinyBertFolder.Parameters();
        var trained = TinyBertTraining.Run(plan);
        return [.. new[] { Embeddings, Bottom, Middle, Top, Pooler }.Where(name => !before.Read(name).SequenceEqual(TinyBertTraining.Weight(trained, name)))];
    }
}
