using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTune.Core.Serialization;

/// <summary>
/// JSON in one form only, so that equal content has equal bytes and so an equal hash: keys sorted by code unit, no white space, numbers with the fewest
/// digits that give the same value again, and only those characters escaped that must be (RFC 8785; whole numbers beyond 2^53 keep all digits).
/// </summary>
public static class CanonicalJson
{
    /// <summary>Writes a node.</summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    /// <summary>The fewest digits that give the same number again, in ECMAScript's notation.</summary>
    internal static string Number(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            throw new ArgumentException("JSON has only finite numbers.", nameof(value));
        }

        if (value == 0)
        {
            return "0";
        }
        // "E0" … "E16" is understood and rounded alike by every runtime; "R" is not the shortest form on .NET Framework.
        var scientific = Enumerable.Range(0, 17)
            .Select(digits => value.ToString("E" + digits, CultureInfo.InvariantCulture))
            .First(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var same) && same == value);
        var mark = scientific.IndexOf('E');
        var power = scientific.Substring(mark + 1);
        var exponent = int.Parse(power, CultureInfo.InvariantCulture);
        var sign = value < 0 ? "-" : "";
        var figures = scientific.Substring(sign.Length, mark - sign.Length).Replace(".", "");
        return sign + exponent switch
        {
            >= 0 and < 21 when figures.Length <= exponent + 1 => figures.PadRight(exponent + 1, '0'),
            >= 0 and < 21 => $"{figures.Substring(0, exponent + 1)}.{figures.Substring(exponent + 1)}",
            < 0 and > -7 => $"0.{new string('0', -exponent - 1)}{figures}",
            _ => $"{figures[0]}{(figures.Length > 1 ? $".{figures.Substring(1)}" : "")}e{(exponent < 0 ? "" : "+")}{exponent}",
        };
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject properties:
                AppendList(text, '{', '}', properties.OrderBy(property => property.Key, StringComparer.Ordinal), property =>
                {
                    AppendText(text, property.Key);
                    text.Append(':');
                    Append(text, property.Value);
                });
                break;
            case JsonArray items:
                AppendList(text, '[', ']', items, item => Append(text, item));
                break;
            case JsonValue value:
                AppendValue(text, value);
                break;
        }
    }

    private static void AppendList<T>(StringBuilder text, char open, char close, IEnumerable<T> items, Action<T> append)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
            {
                text.Append(',');
            }

            isFirst = false;
            append(item);
        }
        text.Append(close);
    }

    private static void AppendValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                AppendText(text, value.GetValue<string>());
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            default:
                AppendNumber(text, value);
                break;
        }
    }

    private static void AppendNumber(StringBuilder text, JsonValue value)
    {
        // The type behind the node may be any of the numeric ones; all have the same text.
        var number = value.ToJsonString();
        text.Append(long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole.ToString(CultureInfo.InvariantCulture)
            : Number(double.Parse(number, CultureInfo.InvariantCulture)));
    }

    private static void AppendText(StringBuilder text, string value)
    {
        text.Append('"');
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            switch (character)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                // Half a surrogate pair has no UTF-8 form of its own; escaped it stays distinct from any other.
                case < ' ':
                case var half when char.IsSurrogate(half) && !IsPair(value, index):
                    text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }
        text.Append('"');
    }

    private static bool IsPair(string text, int index) => char.IsHighSurrogate(text[index])
        ? index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
        : index > 0 && char.IsHighSurrogate(text[index - 1]);
}
