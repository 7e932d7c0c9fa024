using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>What JSON and JSON Lines have in common: rows that are objects.</summary>
internal static class JsonRows
{
    /// <summary>The keys of an object; the reader stands at its beginning and goes to its end.</summary>
    public static List<string> ReadKeys(ref Utf8JsonReader reader)
    {
        var keys = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            if (!keys.Contains(key))
            {
                keys.Add(key);
            }

            reader.Skip();
        }

        return keys;
    }

    /// <summary>Reads one row; the reader stands at its first token and goes to its last.</summary>
    /// <param name="reader">Reads the text of <paramref name="cursor"/> from <paramref name="start"/> on.</param>
    /// <param name="start">Where the reader's text begins in the cursor's.</param>
    /// <param name="cursor">Finds lines and columns.</param>
    /// <param name="keys">The keys whose values are wanted.</param>
    /// <param name="path">The file's name for messages.</param>
    /// <param name="errors">Takes what is wrong with the row.</param>
    /// <param name="nested">Whether values may be arrays and objects.</param>
    /// <returns><see langword="null"/> when something was wrong.</returns>
    public static DataField[]? Read(ref Utf8JsonReader reader, int start, Utf8Cursor cursor, IReadOnlyList<string> keys, string path, DataErrors errors, bool nested)
    {
        var row = cursor.MoveTo(start + (int)reader.TokenStartIndex);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            errors.Add("FT1014", $"The row is no JSON object. Each row must look like {{\"{keys[0]}\": …, …}}.", new SourceLocation(path, row.Line, row.Column));
            return null;
        }

        var fields = new DataField?[keys.Count];
        var complete = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = IndexOfKey(ref reader, keys);
            if (index < 0)
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            var (line, column) = cursor.MoveTo(start + (int)reader.TokenStartIndex);
            var isJson = nested && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject;
            var value = isJson ? Json(ref reader) : Text(ref reader);
            if (value is null || fields[index] is not null)
            {
                var (code, message) = value is null
                    ? ("FT1016", $"The value of '{keys[index]}' is {Describe(reader.TokenType)}. It must be a string; numbers, true and false are taken as text.")
                    : ("FT1007", $"The row has the key '{keys[index]}' twice. Remove one of them.");
                errors.Add(code, message, new SourceLocation(path, line, column));
                reader.Skip();
                complete = false;
                value ??= string.Empty;
            }

            fields[index] = new DataField(value, line, column, isJson);
        }

        for (var index = 0; index < fields.Length; index++)
        {
            if (fields[index] is null)
            {
                errors.Add("FT1015", $"The row has no key '{keys[index]}', which the first row has or the plan names. Add it.", new SourceLocation(path, row.Line, row.Column));
                complete = false;
            }
        }

        return complete ? [.. fields.Select(field => field!.Value)] : null;
    }

    /// <summary>The error for text that is not JSON.</summary>
    /// <param name="text">The text that was read.</param>
    /// <param name="firstLine">The line in which it begins.</param>
    /// <param name="exception">A <see cref="JsonException"/>, or an <see cref="InvalidOperationException"/> for an escaped half of a surrogate pair.</param>
    /// <param name="path">The file's name.</param>
    /// <param name="lastOffset">How far the text was read.</param>
    public static Diagnostic Invalid(ReadOnlyMemory<byte> text, int firstLine, Exception exception, string path, int lastOffset)
    {
        var offset = exception is JsonException { LineNumber: { } lineNumber, BytePositionInLine: { } position } ? Offset(text.Span, lineNumber, position) : lastOffset;
        var (line, column) = new Utf8Cursor(text, firstLine).MoveTo(Math.Min(offset, text.Length));
        var placeInMessage = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = placeInMessage < 0 ? exception.Message : exception.Message[..placeInMessage];
        return new Diagnostic("FT1013", DiagnosticSeverity.Error, $"This is not valid JSON: {reason}", new SourceLocation(path, line, column));
    }

    private static int Offset(ReadOnlySpan<byte> text, long lineNumber, long position)
    {
        var lineStart = 0;
        for (var passed = 0; passed < lineNumber; passed++)
        {
            lineStart += text[lineStart..].IndexOf((byte)'\n') + 1;
        }

        return lineStart + (int)position;
    }

    private static int IndexOfKey(ref Utf8JsonReader reader, IReadOnlyList<string> keys)
    {
        for (var index = 0; index < keys.Count; index++)
        {
            if (reader.ValueTextEquals(keys[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private static string Json(ref Utf8JsonReader reader)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.GetRawText();
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        _ => "null",
    };
}
