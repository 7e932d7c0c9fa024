using System.Globalization;
using FineTune.Core.Manifests;

namespace FineTune.Tool.Commands;

/// <summary>Metrics in a line for people.</summary>
internal static class MetricsText
{
    private static readonly string[] Headline = ["accuracy", "f1.macro", "mcc", "loss"];

    /// <summary>The metrics that matter most, with their 95 % intervals: <c>accuracy 0.842 (0.807–0.871), f1.macro 0.83</c>.</summary>
    public static string Summary(MetricsDocument metrics) => Summary(metrics.Metrics, metrics.Intervals);

    public static string Summary(IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, IReadOnlyList<double>> intervals)
        => string.Join(", ", Headline.Where(metrics.ContainsKey).Select(name => $"{name} {Number(metrics[name])}"
            + (intervals.TryGetValue(name, out var interval) ? $" ({Number(interval[0])} to {Number(interval[1])})" : "")));

    public static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
