using System.Globalization;
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

        var gap = Math.Abs(actual - Condition.Threshold);
        return Passed || gap == 0
            ? $"{Condition}: {Number(actual)}"
            : $"{Condition}: {Number(actual)} (missed by {gap.ToString("G2", CultureInfo.InvariantCulture)})";
    }

    /// <summary>Four digits, or as many more as it takes to tell the value from the threshold.</summary>
    private string Number(double value)
    {
        for (var digits = 4; digits < 17; digits++)
        {
            var text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            var shown = double.Parse(text, CultureInfo.InvariantCulture);
            if (shown.CompareTo(Condition.Threshold) == value.CompareTo(Condition.Threshold))
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
