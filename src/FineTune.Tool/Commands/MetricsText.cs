using System.Globalization;
using FineTune.Core.Manifests;
using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Tool.Commands;

/// <summary>Metrics in a line for people.</summary>
internal static class MetricsText
{
    private static readonly string[] Headline = ["accuracy", "f1.macro", "mcc", "loss"];

    /// <summary>What <see cref="Summary(IReadOnlyDictionary{string, double}, IReadOnlyDictionary{string, IReadOnlyList{double}})"/> says, and the baseline to compare it with.</summary>
    public static string Summary(MetricsDocument metrics)
    {
        var best = BaselineComparison.All.Where(baseline => metrics.Baseline.ContainsKey(baseline.Name)).MaxBy(baseline => metrics.Baseline[baseline.Name]["accuracy"]);
        return Summary(metrics.Metrics, metrics.Intervals) + (best is null ? "" : $"; best baseline: {best.Title}, accuracy {Number(metrics.Baseline[best.Name]["accuracy"])}");
    }

    /// <summary>The metrics that matter most, with their 95 % intervals: <c>accuracy 0.8420 (0.8070 to 0.8710), f1.macro 0.8300</c>.</summary>
    public static string Summary(IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, IReadOnlyList<double>> intervals)
        => string.Join(", ", Headline.Where(metrics.ContainsKey).Select(name => $"{name} {Number(metrics[name])}"
            + (intervals.TryGetValue(name, out var interval) ? $" ({Number(interval[0])} to {Number(interval[1])})" : "")));

    public static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
