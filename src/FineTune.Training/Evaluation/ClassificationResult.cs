namespace FineTune.Training.Evaluation;

/// <summary>What a classifier's answers are worth.</summary>
internal sealed record ClassificationResult
{
    /// <summary>
    /// <c>accuracy</c>, <c>mcc</c>, <c>loss</c>; <c>precision</c>, <c>recall</c> and <c>f1</c>, each with <c>.macro</c>, <c>.micro</c>, <c>.weighted</c>
    /// and <c>[label]</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % intervals <c>[low, high]</c> of <c>accuracy</c> (Wilson), <c>f1.macro</c>, <c>f1.micro</c> and <c>f1.weighted</c> (bootstrap).</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals { get; init; }

    /// <summary>Rows by expected label, columns by predicted label.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; }
}
