using System.Globalization;

namespace FineTune.Core.Gates;

/// <summary>One condition of a <see cref="Gate"/>.</summary>
/// <param name="Metric">The metric's name as <c>metrics.json</c> has it: <c>accuracy</c>, <c>f1[refund]</c>.</param>
/// <param name="Operator">How the metric is compared.</param>
/// <param name="Threshold">What it is compared with; <c>90%</c> is 0.9.</param>
public sealed record GateCondition(string Metric, GateOperator Operator, double Threshold)
{
    internal static readonly IReadOnlyDictionary<string, GateOperator> Operators = new Dictionary<string, GateOperator>
    {
        [">="] = GateOperator.AtLeast,
        [">"] = GateOperator.GreaterThan,
        ["<="] = GateOperator.AtMost,
        ["<"] = GateOperator.LessThan,
        ["=="] = GateOperator.EqualTo,
        ["!="] = GateOperator.NotEqualTo,
    };

    /// <summary>Whether <see cref="Threshold"/> is what is added to the value of the accepted model: <c>baseline - 0.01</c> is −0.01.</summary>
    public bool IsRelative { get; init; }

    /// <summary>
    /// Whether a measured value fulfils the condition; a value that is not a number never does. A condition that <see cref="IsRelative"/> compares the difference
    /// to the accepted model.
    /// </summary>
    public bool IsFulfilledBy(double value) => IsFulfilled(value, Threshold);

    /// <summary>Whether <paramref name="value"/> fulfils the condition where the accepted model has <paramref name="accepted"/>.</summary>
    internal bool IsFulfilledBy(double value, double accepted)
    {
        // 0.95 - 0.05 is not quite 0.9 in binary; what is closer than this is a difference of rounding.
        const double rounding = 1e-12;
        var limit = accepted + Threshold;
        return IsFulfilled(Math.Abs(value - limit) <= rounding ? limit : value, limit);
    }

    private bool IsFulfilled(double value, double limit) => !double.IsNaN(value) && !double.IsNaN(limit) && Operator switch
    {
        GateOperator.AtLeast => value >= limit,
        GateOperator.GreaterThan => value > limit,
        GateOperator.AtMost => value <= limit,
        GateOperator.LessThan => value < limit,
        GateOperator.EqualTo => value == limit,
        GateOperator.NotEqualTo => value != limit,
        _ => false,
    };

    /// <summary>The condition as <see cref="Gate.Parse"/> reads it.</summary>
    public override string ToString()
    {
        var metric = Metric;
        var bracket = metric.IndexOf('[');
        if (bracket >= 0)
        {
            metric = $"{metric.Substring(0, bracket)}[{metric.Substring(bracket + 1, metric.Length - bracket - 2).Replace("]", "]]")}]";
        }

        return $"{metric} {Operators.First(pair => pair.Value == Operator).Key} {(IsRelative ? RelativeThreshold() : Threshold.ToString("R", CultureInfo.InvariantCulture))}";
    }

    private string RelativeThreshold() => Threshold == 0
        ? Gate.Baseline
        : $"{Gate.Baseline} {(Threshold < 0 ? '-' : '+')} {Math.Abs(Threshold).ToString("R", CultureInfo.InvariantCulture)}";
}
