using FineTune.Core.Manifests;

namespace FineTune.Core.Gates;

/// <summary>What was measured of a model when somebody accepted it as good enough; later ones are compared with it.</summary>
public sealed record AcceptedMetrics
{
    /// <summary>The export fingerprint of the model.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Which rows were evaluated: <c>test</c> or <c>validation</c>.</summary>
    public required string EvaluatedOn { get; init; }

    /// <summary>How many rows were evaluated.</summary>
    public required int Rows { get; init; }

    /// <summary>Metrics by name, all of them numbers.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % intervals <c>[low, high]</c> by metric.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals { get; init; }

    /// <summary>Takes over what was measured; what is not a number cannot be compared with and is left out.</summary>
    public static AcceptedMetrics Of(MetricsDocument metrics) => new()
    {
        Fingerprint = metrics.Fingerprint.Export,
        EvaluatedOn = metrics.EvaluatedOn,
        Rows = metrics.Rows,
        Metrics = metrics.Metrics.Where(metric => IsFinite(metric.Value)).ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal),
        Intervals = metrics.Intervals.Where(interval => interval.Value.All(IsFinite)).ToDictionary(interval => interval.Key, interval => interval.Value, StringComparer.Ordinal),
    };

    private static bool IsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);
}
