namespace FineTune.Training.Evaluation;

/// <summary>Which way a metric gets better.</summary>
internal static class MetricDirection
{
    private static readonly HashSet<string> Errors = new(StringComparer.Ordinal) { "loss", "mse", "rmse", "mae", "perplexity", "hamming" };

    /// <summary>Whether a lower value is the better one: the metric counts errors. A <c>gain.</c> metric says how much better the model is, so a higher one always is.</summary>
    public static bool IsLowerBetter(string metric) => Errors.Contains(metric);
}
