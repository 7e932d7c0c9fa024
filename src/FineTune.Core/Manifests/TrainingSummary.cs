using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Manifests;

/// <summary>What a training cost and where it ran: the <c>training</c> part of <c>metrics.json</c>.</summary>
public sealed record TrainingSummary
{
    /// <summary>Seconds of training, evaluation included, loading and export not.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows per second, evaluation not counted.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Optimizer steps that were run.</summary>
    public required int Steps { get; init; }

    /// <summary>Epochs that were run.</summary>
    public required double Epochs { get; init; }

    /// <summary>The epoch of the evaluation whose weights were kept.</summary>
    public required double BestEpoch { get; init; }

    /// <summary>Largest resident memory of the process in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The device, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The number format of the products, such as <c>float32</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Number of training rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The strategy, and in <see cref="Parts"/> what it meant for each part of the model.</summary>
    public required Strategy Strategy { get; init; }

    /// <summary>The parts of the model from the input up, and how each was trained.</summary>
    public required IReadOnlyList<TrainedPart> Parts { get; init; }

    /// <summary>The learning curve: a point for each evaluation.</summary>
    public required IReadOnlyList<EvaluationPoint> History { get; init; }

    /// <summary>What the training warns of: a rate that is too high, labels that are probably wrong. They belong to the model, and whoever uses it is told of them each time.</summary>
    public required IReadOnlyList<Diagnostic> Warnings { get; init; }

    /// <summary>Parameters that were trained.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>All parameters.</summary>
    public required long Parameters { get; init; }
}
