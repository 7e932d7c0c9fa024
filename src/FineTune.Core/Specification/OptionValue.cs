using System.Globalization;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>Reads the value of an option as the user wrote it.</summary>
internal static class OptionValue
{
    /// <summary>The value in the option's type.</summary>
    /// <exception cref="FineTuneException">The text is not of the option's form, out of its range, or not one of its values.</exception>
    public static object Parse(PlanOption option, string text, SourceLocation? location)
    {
        if (option.AllowedValues.Count > 0)
        {
            return Choice(option, text, location);
        }

        if (option.ValueType == typeof(int))
        {
            return WholeNumber(option, text, location);
        }

        if (option.ValueType == typeof(double))
        {
            return Number(option, text, location);
        }

        if (option.ValueType == typeof(TrainingInterval))
        {
            return Interval(option, text, location);
        }

        return option.IsList ? Items(text) : text;
    }

    /// <summary>The parts between semicolons, without blanks around them; empty parts do not count.</summary>
    public static IReadOnlyList<string> Items(string text) => [.. text.Split(';').Select(item => item.Trim()).Where(item => item.Length > 0)];

    private static object Choice(PlanOption option, string text, SourceLocation? location)
    {
        var value = option.ValueAliases.TryGetValue(text, out var meant) ? meant : text;
        var known = option.AllowedValues.FirstOrDefault(allowed => string.Equals(allowed, value, StringComparison.OrdinalIgnoreCase))
            ?? throw SpecificationDiagnostics.ValueNotAllowed.Exception(
                $"{option.MetadataName} cannot be '{text}'.{NameSuggestion.Question(text, option.AllowedValues.Concat(option.ValueAliases.Keys))} It can be {string.Join(", ", option.AllowedValues)}.", location);
        return option.ValueType.IsEnum ? Enum.Parse(option.ValueType, known) : option.ValueType == typeof(bool) ? bool.Parse(known) : known;
    }

    private static int WholeNumber(PlanOption option, string text, SourceLocation? location)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"{option.MetadataName} must be a whole number, such as {option.Default ?? "100"}; '{text}' is not.", location);
        }

        CheckRange(option, text, (double)value, location);
        return value <= int.MaxValue ? (int)value : throw OutOfRange(option, text, $"at most {int.MaxValue}", location);
    }

    private static double Number(PlanOption option, string text, SourceLocation? location)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value) || double.IsInfinity(value))
        {
            var advice = text.Contains(',') ? " Write the decimal sign as a point." : "";
            throw SpecificationDiagnostics.MalformedValue.Exception($"{option.MetadataName} must be a number, such as {option.Default ?? "0.1"}; '{text}' is not.{advice}", location);
        }
        CheckRange(option, text, value, location);
        return value;
    }

    private static TrainingInterval Interval(PlanOption option, string text, SourceLocation? location)
    {
        var units = string.Join(", ", option.IntervalUnits.Select(unit => $"{unit.ToString().ToLowerInvariant()}s"));
        if (TrainingInterval.TryParse(text) is not { } interval || !option.IntervalUnits.Contains(interval.Unit))
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"{option.MetadataName} must be a number with its unit ({units}), such as '200 steps' or '0.5 epochs'; '{text}' is not.", location);
        }

        var isWhole = interval.Count == Math.Floor(interval.Count);
        return interval.Count > 0 && (isWhole || interval.Unit != IntervalUnit.Step)
            ? interval
            : throw OutOfRange(option, text, interval.Unit == IntervalUnit.Step ? "a whole number of steps, at least 1" : "greater than 0", location);
    }

    private static void CheckRange(PlanOption option, string text, double value, SourceLocation? location)
    {
        var isTooSmall = option.MinimumExcluded ? value <= option.Minimum : value < option.Minimum;
        var isTooLarge = option.MaximumExcluded ? value >= option.Maximum : value > option.Maximum;
        if (isTooSmall || isTooLarge)
        {
            throw OutOfRange(option, text, DescribeRange(option), location);
        }
    }

    private static FineTuneException OutOfRange(PlanOption option, string text, string range, SourceLocation? location) =>
        SpecificationDiagnostics.ValueOutOfRange.Exception($"{option.MetadataName} must be {range}; '{text}' is not.", location);

    /// <summary>The range in words: <c>greater than 0 and at most 1</c>; empty when there is none.</summary>
    internal static string DescribeRange(PlanOption option)
    {
        var minimum = double.IsInfinity(option.Minimum) ? null : $"{(option.MinimumExcluded ? "greater than" : "at least")} {option.Minimum.ToString(CultureInfo.InvariantCulture)}";
        var maximum = double.IsInfinity(option.Maximum) ? null : $"{(option.MaximumExcluded ? "less than" : "at most")} {option.Maximum.ToString(CultureInfo.InvariantCulture)}";
        return string.Join(" and ", new[] { minimum, maximum }.Where(part => part is not null));
    }
}
