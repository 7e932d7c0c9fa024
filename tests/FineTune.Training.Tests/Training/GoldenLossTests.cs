using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Training;

/// <summary>Every step is that of transformers and torch.optim.AdamW; see Models/TestData/TinyBert/README.md.</summary>
public sealed class GoldenLossTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> CaseNames => [.. GoldenNumbers.All.Cases.Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Losses_gradient_norms_and_rates_follow_the_reference(string name)
    {
        var golden = GoldenNumbers.All.Cases.Single(golden => golden.Name == name);

        var steps = Train(golden);

        Assert.Equal(golden.Steps, steps.Count);
        for (var i = 0; i < steps.Count; i++)
        {
            AssertClose(golden.Losses[i], steps[i].Loss, Tolerance, $"loss of step {i + 1}");
            AssertClose(golden.GradientNorms[i], steps[i].GradientNorm, Tolerance, $"gradient norm of step {i + 1}");
            AssertClose(golden.LearningRates[i], steps[i].LearningRate, 1e-12, $"rate of step {i + 1}");
        }
    }

    private static IReadOnlyList<TrainingStep> Train(GoldenCase golden)
    {
        using var parameters = TinyBertFolder.Parameters(name => ParameterGroups.Of(golden.Plan, [name], TinyBertFolder.Config.LayerCount)[name]);
        using var objective = new ClassificationObjective(TinyBertFolder.Model(parameters), CPU, dropout: null, golden.LabelSmoothing, golden.ClassWeights);
        var settings = new TrainerSettings(golden.LearningRate, LearningRateSchedule.Create(golden.Scheduler, golden.Warmup, golden.Steps), golden.MaxGradientNorm);
        using var optimizer = new AdamW(parameters);
        return [.. Trainer.Run(optimizer, objective, Batches(golden).Take(golden.Steps), settings)];
    }

    private static IEnumerable<IReadOnlyList<IReadOnlyList<EncodedText>>> Batches(GoldenCase golden)
    {
        var rows = TinyBertFolder.Rows()[..golden.Rows];
        var next = 0;
        while (true)
        {
            yield return [.. golden.Batches.Select(size => Enumerable.Range(0, size).Select(_ => rows[next++ % rows.Length]).ToArray())];
        }
    }

    private static void AssertClose(double expected, double actual, double tolerance, string what)
        => Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{what}: {actual} instead of {expected}");
}
