using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTune.Core.Serialization;

/// <summary>Builds JSON from values and writes it as UTF-8 text that people can read.</summary>
internal static class JsonWriting
{
    public static string Write(JsonNode node, bool indented)
    {
        // These files are never part of an HTML page, so quotes and letters of any script stay as they are.
        var options = new JsonWriterOptions { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A number; JSON has none for what is not finite, so that becomes <see langword="null"/>.</summary>
    public static JsonNode? Number(double value) => double.IsNaN(value) || double.IsInfinity(value) ? null : JsonValue.Create(value);

    public static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);

    public static JsonArray Texts(IEnumerable<string> items) => List(items, item => JsonValue.Create(item));

    public static JsonObject Map<T>(IEnumerable<KeyValuePair<string, T>> items, Func<T, JsonNode?> write) =>
        new(items.Select(item => new KeyValuePair<string, JsonNode?>(item.Key, write(item.Value))));

    /// <summary>An object without those properties that have no value.</summary>
    public static JsonObject WithoutNulls(this JsonObject properties)
    {
        foreach (var name in properties.Where(property => property.Value is null).Select(property => property.Key).ToArray())
        {
            properties.Remove(name);
        }

        return properties;
    }
}
