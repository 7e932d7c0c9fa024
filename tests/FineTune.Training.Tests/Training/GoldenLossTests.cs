using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Training;

/// <summary>Thirty steps give the losses that transformers and torch.optim.AdamW give; see Models/TestData/TinyBert/README.md.</summary>
public sealed class GoldenLossTests
{
    private const int Steps = 30;
    private const double Tolerance = 1e-4;

    [Fact]
    public void Full_fine_tuning_follows_the_reference()
        => Compare("losses-full.json", name => FullStrategy.GroupOf(name, 0.01), new LearningRateSchedule(Scheduler.Linear, 0, Steps), batch: 8, accumulate: 1, smoothing: 0);

    [Fact]
    public void Frozen_fine_tuning_follows_the_reference()
        => Compare("losses-frozen.json", name => FrozenStrategy.GroupOf(name, 0.01, layerCount: 3, trainableLayers: 1), new LearningRateSchedule(Scheduler.Linear, 5, Steps), batch: 8, accumulate: 1, smoothing: 0);

    [Fact]
    public void Layerwise_decay_with_accumulation_smoothing_and_cosine_follows_the_reference()
        => Compare("losses-layerwise.json", name => LayerwiseDecayStrategy.GroupOf(name, 0.01, layerCount: 3, layerDecay: 0.8), new LearningRateSchedule(Scheduler.Cosine, 5, Steps), batch: 4, accumulate: 2, smoothing: 0.1);

    private static void Compare(string file, Func<string, ParameterGroup> groupOf, LearningRateSchedule schedule, int batch, int accumulate, double smoothing)
    {
        var expected = TinyBertFolder.Losses(file);
        using var parameters = TinyBertFolder.Parameters(groupOf);
        using var objective = new ClassificationObjective(new Bert(TinyBertFolder.Config, parameters), TinyBertFolder.Config, CPU, dropout: null, smoothing);
        var steps = TinyBertFolder.Rows().Chunk(batch).Chunk(accumulate).Take(Steps);

        using var optimizer = new AdamW(parameters);
        var losses = Trainer.Run<IReadOnlyList<EncodedText>>(optimizer, objective, steps, new TrainerSettings(5e-4, schedule, MaxGradientNorm: 1)).Select(step => step.Loss).ToArray();

        Assert.Equal(Steps, losses.Length);
        for (var step = 0; step < Steps; step++)
        {
            Assert.True(Math.Abs(losses[step] - expected[step]) <= Tolerance * expected[step], $"step {step + 1}: {losses[step]} instead of {expected[step]}");
        }
    }
}
