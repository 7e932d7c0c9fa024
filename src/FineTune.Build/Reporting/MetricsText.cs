using System.Globalization;
using FineTune.Core.Manifests;

namespace FineTune.Build.Reporting;

/// <summary>Metrics as text.</summary>
internal static class MetricsText
{
    /// <summary>The metrics of the whole model, as MSBuild writes lists: <c>accuracy=0.93;f1.macro=0.91</c>. Those of single labels are in the file.</summary>
    public static string Write(MetricsDocument metrics)
        => string.Join(";", OfWholeModel(metrics).Select(metric => $"{metric.Key}={metric.Value.ToString("R", CultureInfo.InvariantCulture)}"));

    /// <summary>The metrics that are not of one label, by name.</summary>
    public static IEnumerable<KeyValuePair<string, double>> OfWholeModel(MetricsDocument metrics)
        => metrics.Metrics.Where(metric => !metric.Key.Contains('[')).OrderBy(metric => metric.Key, StringComparer.Ordinal);

    /// <summary>A value with at most four digits after the point.</summary>
    public static string Short(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
