using FineTune.Core.Specification;

namespace FineTune.Training.Tests.Training;

/// <summary>One training of golden.json: its settings, and what the reference did at every step.</summary>
internal sealed record GoldenCase
{
    public required string Name { get; init; }

    public required Strategy Strategy { get; init; }

    public required int TrainableLayers { get; init; }

    public required double LayerDecay { get; init; }

    public required double LearningRate { get; init; }

    public required double WeightDecay { get; init; }

    public required Scheduler Scheduler { get; init; }

    public required double Warmup { get; init; }

    public required int Steps { get; init; }

    /// <summary>Rows of the batches that make one step.</summary>
    public required IReadOnlyList<int> Batches { get; init; }

    /// <summary>So many rows, from the first, are repeated in their order.</summary>
    public required int Rows { get; init; }

    public required double LabelSmoothing { get; init; }

    public required IReadOnlyList<double>? ClassWeights { get; init; }

    public required double MaxGradientNorm { get; init; }

    public required IReadOnlyList<double> Losses { get; init; }

    public required IReadOnlyList<double> GradientNorms { get; init; }

    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>The settings as a plan has them.</summary>
    public TrainingPlan Plan => new()
    {
        Name = Name,
        Strategy = Strategy,
        TrainableLayers = TrainableLayers,
        LayerDecay = LayerDecay,
        WeightDecay = WeightDecay,
    };
}
