namespace FineTune.Training.Evaluation;

/// <summary>What a model's answers are worth; docs/metrics.md defines each metric.</summary>
internal sealed record EvaluationResult
{
    /// <summary>The metrics by name; one that is not defined for the rows is not a number.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % intervals <c>[low, high]</c> of some of the metrics.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals { get; init; }
}
