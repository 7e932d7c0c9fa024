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

    /// <summary>Whether a measured value fulfils the condition; a value that is not a number never does.</summary>
    public bool IsFulfilledBy(double value) => !double.IsNaN(value) && Operator switch
    {
        GateOperator.AtLeast => value >= Threshold,
        GateOperator.GreaterThan => value > Threshold,
        GateOperator.AtMost => value <= Threshold,
        GateOperator.LessThan => value < Threshold,
        GateOperator.EqualTo => value == Threshold,
        GateOperator.NotEqualTo => value != Threshold,
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

        return $"{metric} {Operators.First(pair => pair.Value == Operator).Key} {Threshold.ToString("R", CultureInfo.InvariantCulture)}";
    }
}
