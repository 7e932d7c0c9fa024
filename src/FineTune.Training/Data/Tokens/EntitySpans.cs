using System.Text.Json;

namespace FineTune.Training.Data.Tokens;

/// <summary>
/// Reads the spans of a text: an array of objects with <c>start</c>, <c>end</c> and <c>label</c>, or of arrays of these three. As in Python, offsets count code
/// points, and the end is behind the last one.
/// </summary>
internal static class EntitySpans
{
    private static readonly string[] StartKeys = ["start", "start_offset", "begin"];
    private static readonly string[] EndKeys = ["end", "end_offset"];
    private static readonly string[] LabelKeys = ["label", "type", "entity", "entity_group", "tag"];
    private static readonly string[] TextKeys = ["text", "word"];

    /// <summary>The spans in their order in the text, as UTF-16 offsets, without white space at their ends.</summary>
    /// <param name="json">The array.</param>
    /// <param name="text">The text.</param>
    /// <param name="report">Is told the code and text of the first mistake of each span.</param>
    /// <returns><see langword="null"/> when there was a mistake.</returns>
    public static IReadOnlyList<(int Start, int End, string Label)>? Read(string json, string text, Action<string, string> report)
    {
        var spans = new List<(int Start, int End, string Label)>();
        var isSound = true;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                report("FT1046", "The spans are no array. Write [{\"start\": 0, \"end\": 5, \"label\": \"PER\"}]; a text without entities has an empty one.");
                return null;
            }

            var offsets = OffsetsOfCodePoints(text);
            var number = 0;
            foreach (var item in document.RootElement.EnumerateArray())
            {
                number++;
                if (ReadOne(item, text, offsets, (code, message) => report(code, $"Span {number}: {message}")) is { } span)
                {
                    spans.Add(span);
                }
                else
                {
                    isSound = false;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            report("FT1046", "The spans are not valid JSON. Write [{\"start\": 0, \"end\": 5, \"label\": \"PER\"}], with double quotes.");
            return null;
        }

        spans.Sort((first, second) => first.Start != second.Start ? first.Start.CompareTo(second.Start) : first.End.CompareTo(second.End));
        for (var index = 1; index < spans.Count; index++)
        {
            if (spans[index].Start < spans[index - 1].End)
            {
                report("FT1047", $"The spans '{text[spans[index - 1].Start..spans[index - 1].End]}' ({spans[index - 1].Label}) and '{text[spans[index].Start..spans[index].End]}' ({spans[index].Label}) overlap. A word has one tag only; remove one of them.");
                isSound = false;
            }
        }

        return isSound ? spans : null;
    }

    private static (int Start, int End, string Label)? ReadOne(JsonElement item, string text, List<int>? offsets, Action<string, string> report)
    {
        var isTriple = item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 3;
        var (start, end) = isTriple ? (item[0], item[1]) : (Find(item, StartKeys), Find(item, EndKeys));
        var label = isTriple ? item[2] : Find(item, LabelKeys);
        if (start is not { ValueKind: JsonValueKind.Number } || end is not { ValueKind: JsonValueKind.Number } || label is not { ValueKind: JsonValueKind.String } || !start.Value.TryGetInt32(out var first) || !end.Value.TryGetInt32(out var behind))
        {
            report("FT1046", "it needs 'start' and 'end', two whole numbers, and 'label', a text.");
            return null;
        }

        var type = label.Value.GetString()!.Trim();
        if (type.Length == 0)
        {
            report("FT1006", "its label is empty. Write one, or remove the span.");
            return null;
        }

        var length = offsets?.Count - 1 ?? text.Length;
        if (first < 0 || behind > length || first >= behind)
        {
            report("FT1046", $"it goes from {first} to {behind}, but the text has {length} characters; 'start' must be less than 'end', and 'end' is the offset behind the last character. Offsets count Unicode code points, as Python does.");
            return null;
        }

        var (from, to) = offsets is null ? (first, behind) : (offsets[first], offsets[behind]);
        if (!isTriple && Find(item, TextKeys) is { ValueKind: JsonValueKind.String } given && !IsAlike(given.GetString()!, text[from..to]))
        {
            var isUtf16 = offsets is not null && behind <= text.Length && IsAlike(given.GetString()!, text[first..behind]);
            report("FT1048", $"from {first} to {behind} the text has '{text[from..to]}', not '{given.GetString()}'. {(isUtf16 ? "The offsets count UTF-16 code units, in which an emoji is two; count Unicode code points, as Python does." : "Correct 'start' and 'end', or the text.")}");
            return null;
        }

        while (from < to && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        while (from < to && char.IsWhiteSpace(text[to - 1]))
        {
            to--;
        }

        if (from == to)
        {
            report("FT1046", $"from {first} to {behind} the text has white space only.");
            return null;
        }

        return (from, to, type);
    }

    private static JsonElement? Find(JsonElement item, string[] keys)
    {
        if (item.ValueKind == JsonValueKind.Object)
        {
            foreach (var key in keys)
            {
                if (item.TryGetProperty(key, out var value))
                {
                    return value;
                }
            }
        }

        return null;
    }

    // Tools that write the text of a span often write it as their tokenizer has it.
    private static bool IsAlike(string given, string actual)
        => string.Equals(string.Concat(given.Where(letter => !char.IsWhiteSpace(letter))), string.Concat(actual.Where(letter => !char.IsWhiteSpace(letter))), StringComparison.OrdinalIgnoreCase);

    /// <summary>The UTF-16 offset of each code point and of the end; <see langword="null"/> when both count alike.</summary>
    private static List<int>? OffsetsOfCodePoints(string text)
    {
        if (!text.Any(char.IsSurrogate))
        {
            return null;
        }

        var offsets = new List<int>(text.Length + 1);
        for (var position = 0; position < text.Length; position += char.IsSurrogatePair(text, position) ? 2 : 1)
        {
            offsets.Add(position);
            if (position + 1 == text.Length)
            {
                break;
            }
        }

        offsets.Add(text.Length);
        return offsets;
    }
}
