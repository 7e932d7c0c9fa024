using FineTune.Core.Manifests;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>What a training made.</summary>
internal sealed record TrainedModel
{
    /// <summary>The architecture of the model.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>The kept weights by Hugging Face names.</summary>
    public required IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> Weights { get; init; }

    /// <summary>The longest input in tokens.</summary>
    public required int MaxLength { get; init; }

    /// <summary>What the training cost.</summary>
    public required TrainingSummary Summary { get; init; }

    /// <summary>What the kept weights say about each validation row.</summary>
    public required IReadOnlyList<IReadOnlyList<float>> ValidationOutputs { get; init; }
}
