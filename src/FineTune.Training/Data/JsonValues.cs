using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FineTune.Training.Data;

/// <summary>Takes arrays out of fields with JSON.</summary>
internal static class JsonValues
{
    /// <summary>The items of an array of texts; numbers, true and false count as the text that they are written with.</summary>
    /// <returns>Whether the text is such an array.</returns>
    public static bool TryReadTexts(string json, [NotNullWhen(true)] out IReadOnlyList<string>? texts)
    {
        texts = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            var items = new List<string>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                {
                    return false;
                }

                items.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText());
            }

            texts = items;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or with half of a surrogate pair.
            return false;
        }
    }
}
