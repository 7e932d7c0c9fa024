using System.Globalization;

namespace FineTune.Core.Specification;

/// <summary>How often something happens in a training: <c>200 steps</c>, <c>0.5 epochs</c>, <c>10 minutes</c>.</summary>
/// <param name="Count">How many units; greater than 0, and whole for steps.</param>
/// <param name="Unit">What is counted.</param>
public sealed record TrainingInterval(double Count, IntervalUnit Unit)
{
    /// <summary>Reads a number with its unit, singular or plural, whatever its case; <see langword="null"/> when the text is none.</summary>
    internal static TrainingInterval? TryParse(string text)
    {
        var digits = text.TakeWhile(character => char.IsDigit(character) || character is '.' or '+' or '-').Count();
        var number = text.Substring(0, digits);
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var count) || double.IsInfinity(count))
        {
            return null;
        }

        var unit = text.Substring(digits).Trim();
        unit = unit.EndsWith("s", StringComparison.OrdinalIgnoreCase) ? unit.Substring(0, unit.Length - 1) : unit;
        return unit.Length > 0 && unit.All(char.IsLetter) && Enum.TryParse<IntervalUnit>(unit, ignoreCase: true, out var known) ? new(count, known) : null;
    }

    /// <summary>Whether the interval ends with a step.</summary>
    /// <param name="step">The step that was done, from 1.</param>
    /// <param name="stepsPerEpoch">Steps in a pass over the data.</param>
    /// <exception cref="InvalidOperationException">The interval counts minutes.</exception>
    public bool EndsWith(int step, int stepsPerEpoch) => CountAt(step, stepsPerEpoch) > CountAt(step - 1, stepsPerEpoch);

    /// <summary>How many whole intervals have passed.</summary>
    /// <param name="steps">Steps done.</param>
    /// <param name="stepsPerEpoch">Steps in a pass over the data.</param>
    /// <exception cref="InvalidOperationException">The interval counts minutes.</exception>
    public int CountAt(int steps, int stepsPerEpoch)
    {
        // Far below a step, far above the rounding of the division.
        const double tolerance = 1e-9;
        var length = Unit switch
        {
            IntervalUnit.Step => Count,
            IntervalUnit.Epoch => Count * stepsPerEpoch,
            _ => throw new InvalidOperationException("Minutes are no number of steps."),
        };
        return (int)Math.Floor((steps / length) + tolerance);
    }

    /// <summary>The form in which the interval is written: <c>200 steps</c>.</summary>
    public override string ToString() => $"{Count.ToString("R", CultureInfo.InvariantCulture)} {Unit.ToString().ToLowerInvariant()}{(Count == 1 ? "" : "s")}";
}
