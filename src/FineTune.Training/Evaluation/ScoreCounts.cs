namespace FineTune.Training.Evaluation;

/// <summary>How often something was expected, predicted, and both; what divides by zero is 0, as in scikit-learn with <c>zero_division=0</c>.</summary>
/// <param name="Expected">How often it was expected: TP + FN.</param>
/// <param name="Predicted">How often it was predicted: TP + FP.</param>
/// <param name="Correct">How often it was expected and predicted at the same place: TP.</param>
internal readonly record struct ScoreCounts(long Expected, long Predicted, long Correct)
{
    /// <summary>TP / (TP + FP).</summary>
    public double Precision => Ratio(Correct, Predicted);

    /// <summary>TP / (TP + FN).</summary>
    public double Recall => Ratio(Correct, Expected);

    /// <summary>The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN).</summary>
    public double F1 => Ratio(2.0 * Correct, Expected + Predicted);

    /// <summary>Whether it was expected or predicted at all.</summary>
    public bool Occurs => Expected + Predicted > 0;

    /// <summary>The three scores with their names.</summary>
    public static IReadOnlyList<(string Name, Func<ScoreCounts, double> Of)> Scores { get; } =
        [("precision", counts => counts.Precision), ("recall", counts => counts.Recall), ("f1", counts => counts.F1)];

    public static ScoreCounts operator +(ScoreCounts left, ScoreCounts right)
        => new(left.Expected + right.Expected, left.Predicted + right.Predicted, left.Correct + right.Correct);

    public static ScoreCounts operator *(ScoreCounts counts, int times) => new(counts.Expected * times, counts.Predicted * times, counts.Correct * times);

    private static double Ratio(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
