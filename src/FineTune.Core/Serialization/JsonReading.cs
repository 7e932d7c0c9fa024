using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Serialization;

/// <summary>Takes values out of JSON objects, with messages that name what is missing.</summary>
internal static class JsonReading
{
    /// <summary>Parses a document and reads it; whatever is wrong becomes FT6005.</summary>
    public static T Document<T>(string json, string what, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            throw StoreDiagnostics.UnreadableDocument.Exception($"The {what} cannot be read: {exception.Message}", innerException: exception);
        }
    }

    public static JsonElement? Optional(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement Required(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value : throw new FormatException($"'{name}' is missing");

    public static string Text(this JsonElement element, string name) =>
        element.Required(name).GetString() ?? throw new FormatException($"'{name}' is null");

    public static string? OptionalText(this JsonElement element, string name) => element.Optional(name)?.GetString();

    public static int Whole(this JsonElement element, string name) => element.Required(name).GetInt32();

    public static long Long(this JsonElement element, string name) => element.Required(name).GetInt64();

    public static bool Boolean(this JsonElement element, string name) => element.Required(name).GetBoolean();

    /// <summary>A number; <see langword="null"/> stands for one that is not finite, and is read as not a number.</summary>
    public static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();

    public static double Number(this JsonElement element, string name) => element.Required(name).Number();

    public static TEnum Enumeration<TEnum>(this JsonElement element, string name)
        where TEnum : struct, Enum =>
        Enum.TryParse<TEnum>(element.Text(name), ignoreCase: true, out var value) && string.Equals(value.ToString(), element.Text(name), StringComparison.OrdinalIgnoreCase)
            ? value
            : throw new FormatException($"'{name}' is '{element.Text(name)}', which this version does not know");

    public static IReadOnlyList<T> List<T>(this JsonElement element, Func<JsonElement, T> read) => [.. element.EnumerateArray().Select(read)];

    public static IReadOnlyList<string> Texts(this JsonElement element, string name) => element.Required(name).Texts();

    public static IReadOnlyList<string> Texts(this JsonElement element) => element.List(item => item.GetString() ?? throw new FormatException("a text is null"));

    public static IReadOnlyDictionary<string, T> Map<T>(this JsonElement element, Func<JsonElement, T> read)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            map[property.Name] = read(property.Value);
        }

        return map;
    }
}
