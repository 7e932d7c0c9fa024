using System.CommandLine.Parsing;
using System.Globalization;

namespace FineTune.Tool.Commands;

/// <summary>Ages and sizes as people write them: <c>30d</c>, <c>10GB</c>.</summary>
internal static class StoreLimits
{
    private static readonly Dictionary<string, TimeSpan> Ages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["m"] = TimeSpan.FromMinutes(1),
        ["h"] = TimeSpan.FromHours(1),
        ["d"] = TimeSpan.FromDays(1),
        [""] = TimeSpan.FromDays(1),
        ["w"] = TimeSpan.FromDays(7),
    };

    private static readonly Dictionary<string, long> Sizes = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1,
        ["B"] = 1,
        ["KB"] = 1_000,
        ["MB"] = 1_000_000,
        ["GB"] = 1_000_000_000,
        ["TB"] = 1_000_000_000_000,
        ["KiB"] = 1L << 10,
        ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30,
        ["TiB"] = 1L << 40,
    };

    public static TimeSpan? ParseAge(ArgumentResult result)
    {
        if (Split(result, Ages) is var (number, unit) && number * unit.TotalDays <= TimeSpan.MaxValue.TotalDays / 2)
        {
            return number * unit;
        }

        result.AddError("--max-age takes a number and a unit: 90m, 12h, 30d or 8w.");
        return null;
    }

    public static long? ParseSize(ArgumentResult result)
    {
        if (Split(result, Sizes) is var (number, unit) && number * unit <= long.MaxValue / 2)
        {
            return (long)(number * unit);
        }

        result.AddError("--max-size takes a number and a unit: 500MB, 10GB or 10GiB.");
        return null;
    }

    private static (double Number, T Unit)? Split<T>(ArgumentResult result, Dictionary<string, T> units)
    {
        var text = result.Tokens is [var token] ? token.Value.Trim() : "";
        var digits = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        return double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && units.TryGetValue(text[digits..].Trim(), out var unit)
            ? (number, unit)
            : null;
    }
}
