using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>What <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c> says about weights that lie in several files.</summary>
/// <param name="FileOf">The name of the file that holds each weight, by the weight's name.</param>
/// <param name="Metadata">What the writer noted, such as <c>total_size</c>.</param>
internal sealed record WeightIndex(IReadOnlyDictionary<string, string> FileOf, IReadOnlyDictionary<string, string> Metadata)
{
    private const long MaximumLength = 100_000_000;

    // Separators of any system: the same index is good or bad everywhere.
    private static readonly char[] PathCharacters = ['/', '\\', ':', '\0'];

    /// <summary>The files that hold the weights, each once, in ordinal order.</summary>
    public IReadOnlyList<string> Files { get; } = [.. FileOf.Values.Distinct(StringComparer.Ordinal).OrderBy(file => file, StringComparer.Ordinal)];

    /// <summary>Reads an index.</summary>
    /// <exception cref="FineTuneException">FT2029: it cannot be read, says nothing about the weights, or names something else than files beside it.</exception>
    public static WeightIndex Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaximumLength)
            {
                throw Unreadable(path, $"it has more than {MaximumLength} bytes");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw Unreadable(path, exception.Message.TrimEnd('.'), exception);
        }
    }

    private static WeightIndex Read(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            throw Unreadable(path, "it has no 'weight_map'");
        }

        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var weight in map.EnumerateObject())
        {
            var file = weight.Value.ValueKind == JsonValueKind.String ? weight.Value.GetString()! : throw Unreadable(path, $"the file of '{weight.Name}' is not a string");
            if (files.ContainsKey(weight.Name))
            {
                throw Unreadable(path, $"'{weight.Name}' occurs twice");
            }

            if (file is "" or "." or ".." || file.IndexOfAny(PathCharacters) >= 0)
            {
                throw Unreadable(path, $"'{weight.Name}' is said to be in '{file}', which is not the name of a file in the same folder");
            }

            files.Add(weight.Name, file);
        }

        return files.Count == 0 ? throw Unreadable(path, "its 'weight_map' is empty") : new WeightIndex(files, ReadMetadata(root));
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.TryGetProperty("metadata", out var notes) && notes.ValueKind == JsonValueKind.Object)
        {
            foreach (var note in notes.EnumerateObject())
            {
                metadata[note.Name] = note.Value.ValueKind == JsonValueKind.String ? note.Value.GetString()! : note.Value.GetRawText();
            }
        }

        return metadata;
    }

    private static FineTuneException Unreadable(string path, string reason, Exception? innerException = null)
        => BaseModelDiagnostics.UnreadableWeightIndex.Exception($"The index of the weights cannot be read: {reason}. Copy or download the base model again.", new SourceLocation(path), innerException);
}
