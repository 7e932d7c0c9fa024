using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Build.Files;
using FineTune.Core.Fingerprints;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;

namespace FineTune.Build.Generation;

/// <summary>Remembers the labels of a model's training data below <c>obj</c>, so that the API is generated without a process while the data stay.</summary>
internal static class LabelCache
{
    /// <summary>What the labels depend on: the bytes of the training data and the options that say how they are read.</summary>
    public static string KeyOf(TrainingPlan plan, ContentHashIndex hashes)
    {
        var key = new JsonObject
        {
            ["task"] = plan.Task.ToString(),
            ["textColumn"] = plan.TextColumn,
            ["labelColumn"] = plan.LabelColumn,
            ["labelColumns"] = new JsonArray([.. plan.LabelColumns.Select(column => (JsonNode)column)]),
            ["labelSeparator"] = plan.LabelSeparator,
            ["tagScheme"] = plan.TagScheme.ToString(),
            ["labels"] = new JsonArray([.. plan.Labels.Select(label => (JsonNode)label)]),
            ["trainData"] = new JsonArray([.. plan.TrainData.Select(file => (JsonNode)(Path.GetExtension(file.FullPath) + ":" + hashes.GetFileHash(file.FullPath)))]),
        };
        return ContentHash.OfBytes(Encoding.UTF8.GetBytes(CanonicalJson.Write(key)));
    }

    /// <summary>The labels that were remembered for <paramref name="key"/>; <see langword="null"/> if there are none.</summary>
    public static IReadOnlyList<string>? Read(string intermediateDirectory, string name, string key)
    {
        var file = ModelFiles.Labels(intermediateDirectory, name);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var cache = JsonNode.Parse(File.ReadAllText(file));
            return (string?)cache?["key"] == key && cache?["labels"] is JsonArray labels ? [.. labels.Select(label => (string)label!)] : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Remembers <paramref name="labels"/> for <paramref name="key"/>.</summary>
    public static void Write(string intermediateDirectory, string name, string key, IReadOnlyList<string> labels)
    {
        var cache = new JsonObject
        {
            ["key"] = key,
            ["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]),
        };
        FileUpdate.WriteText(ModelFiles.Labels(intermediateDirectory, name), CanonicalJson.Write(cache));
    }
}
