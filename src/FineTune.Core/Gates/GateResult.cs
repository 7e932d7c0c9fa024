using System.Globalization;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Core.Gates;

/// <summary>What became of one condition.</summary>
public sealed record GateResult
{
    /// <summary>The condition.</summary>
    public required GateCondition Condition { get; init; }

    /// <summary>The measured value; <see langword="null"/> when the metric was not measured.</summary>
    public double? Actual { get; init; }

    /// <summary>Whether the condition holds. It does not when the metric was not measured or is not a number.</summary>
    public required bool Passed { get; init; }

    /// <summary>The metrics that were measured, for the message about one that was not.</summary>
    internal IReadOnlyCollection<string> MeasuredMetrics { get; init; } = [];

    /// <summary>The accepted model's metrics, where the condition compares with them and there are any.</summary>
    internal AcceptedMetrics? Accepted { get; init; }

    /// <summary>What was measured, where the condition compares with the accepted model.</summary>
    internal MetricsDocument? Measured { get; init; }

    /// <summary>
    /// Whether the condition does not hold, but the difference from the accepted model is no larger than chance makes it: each value lies in the 95 % interval of
    /// the other one. Both models may then be equally good.
    /// </summary>
    public bool MayBeNoise => !Passed && Actual is { } actual && AcceptedValue is { } accepted
        && IsInside(actual, Accepted!.Intervals) && IsInside(accepted, Measured!.Intervals);

    private double? AcceptedValue => Accepted is not null && Accepted.Metrics.TryGetValue(Condition.Metric, out var value) ? value : null;

    /// <summary>The verdict of a condition that names the accepted model.</summary>
    internal GateResult ComparedWith(AcceptedMetrics? accepted, MetricsDocument measured)
    {
        var compared = this with { Accepted = accepted, Measured = measured };
        return compared with { Passed = Actual is { } actual && compared.AcceptedValue is { } value && Condition.IsFulfilledBy(actual, value) };
    }

    /// <summary>One line for people: <c>accuracy &gt;= 0.9: 0.84 (missed by 0.06)</c>.</summary>
    public string Describe()
    {
        if (Actual is not { } actual)
        {
            return $"{Condition}: not measured.{NameSuggestion.Question(Condition.Metric, MeasuredMetrics)} {DescribeMeasured()}";
        }

        if (double.IsNaN(actual))
        {
            return $"{Condition}: the measured value is not a number";
        }

        return Condition.IsRelative ? DescribeDifference(actual) : DescribeGap(actual, Condition.Threshold, Number(actual, Condition.Threshold));
    }

    private string DescribeGap(double actual, double limit, string shown)
    {
        var gap = Math.Abs(actual - limit);
        return Passed || gap == 0
            ? $"{Condition}: {shown}"
            : $"{Condition}: {shown} (missed by {gap.ToString("G2", CultureInfo.InvariantCulture)})";
    }

    private string DescribeDifference(double actual)
    {
        if (Accepted is null)
        {
            return $"{Condition}: {Number(actual, actual)}, and there is no accepted model to compare it with";
        }

        if (AcceptedValue is not { } accepted)
        {
            return $"{Condition}: {Number(actual, actual)}, and the baseline has no {Condition.Metric}. Write it again with 'dotnet finetune accept'.";
        }

        var limit = accepted + Condition.Threshold;
        return DescribeGap(actual, limit, $"{Number(actual, limit)}, accepted was {Number(accepted, limit)}")
            + (MayBeNoise ? $"; this may be noise: on {Measured!.Rows} rows {Condition.Metric} is uncertain from {Interval(Measured.Intervals)}, and the accepted value lies within" : "")
            + (Accepted.Rows == Measured!.Rows && Accepted.EvaluatedOn == Measured.EvaluatedOn ? "" : $"; the accepted model was measured on {Accepted.Rows} {Accepted.EvaluatedOn} rows, so the rows are not the same");
    }

    private bool IsInside(double value, IReadOnlyDictionary<string, IReadOnlyList<double>> intervals)
        => intervals.TryGetValue(Condition.Metric, out var interval) && interval.Count == 2 && value >= interval[0] && value <= interval[1];

    private string Interval(IReadOnlyDictionary<string, IReadOnlyList<double>> intervals)
        => $"{intervals[Condition.Metric][0].ToString("G3", CultureInfo.InvariantCulture)} to {intervals[Condition.Metric][1].ToString("G3", CultureInfo.InvariantCulture)} (95 %)";

    /// <summary>Four digits, or as many more as it takes to tell the value from the threshold.</summary>
    private static string Number(double value, double threshold)
    {
        for (var digits = 4; digits < 17; digits++)
        {
            var text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            var shown = double.Parse(text, CultureInfo.InvariantCulture);
            if (shown.CompareTo(threshold) == value.CompareTo(threshold))
            {
                return text;
            }
        }
        return value.ToString("R", CultureInfo.InvariantCulture);
    }

    private string DescribeMeasured()
    {
        if (MeasuredMetrics.Count == 0)
        {
            return "Nothing was measured.";
        }
        // One name per family: a data set with 77 labels has hundreds of metrics by label.
        var families = MeasuredMetrics
            .Select(name => name.IndexOf('[') is var bracket and >= 0 ? $"{name.Substring(0, bracket)}[label]" : name)
            .Distinct()
            .OrderBy(name => name, StringComparer.Ordinal);
        return $"Measured: {string.Join(", ", families)}.";
    }
}
