namespace FineTune.Training.Training;

/// <summary>How far a training is.</summary>
internal sealed record TrainingProgress
{
    /// <summary>For people: <c>epoch 2/8, step 340/2728, loss 0.412, 640 rows/s, 0:45 left</c>.</summary>
    public required string Message { get; init; }

    /// <summary>Share of all steps that are done, 0 to 1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>All steps.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>Passes over the data done, with fractions.</summary>
    public required double Epoch { get; init; }

    /// <summary>Mean loss since the last report; <see langword="null"/> in a report of an evaluation.</summary>
    public double? Loss { get; init; }

    /// <summary>Metrics of an evaluation; <see langword="null"/> in a report of training.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}
