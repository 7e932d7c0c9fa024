using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Fingerprints;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Tasks;

namespace FineTune.Training.Export;

/// <summary>Writes a trained classifier as a folder in Hugging Face layout, which <c>transformers</c> loads unchanged.</summary>
internal static class HuggingFaceFolder
{
    /// <summary>Keys of a base model's configuration that speak of that model's own head or origin.</summary>
    private static readonly string[] KeysOfTheBase = ["_name_or_path", "_num_labels", "num_labels", "finetuning_task", "torch_dtype", "dtype"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes <c>config.json</c>, <c>model.safetensors</c> and the tokenizer's files. The same model gives the same bytes.
    /// </summary>
    /// <param name="directory">The folder to write into; made when absent.</param>
    /// <param name="baseModelDirectory">The base model, whose configuration and tokenizer are taken over.</param>
    /// <param name="architecture">The architecture of the trained model.</param>
    /// <param name="weights">The trained weights by their Hugging Face names.</param>
    /// <param name="task">The task: its head, and the names of the outputs.</param>
    public static void Write(
        string directory,
        string baseModelDirectory,
        Architecture architecture,
        IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights,
        ITrainingTask task)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "config.json"), Configuration(Path.Combine(baseModelDirectory, "config.json"), architecture, task));
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), weights, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var name in Fingerprint.TokenizerFiles)
        {
            var source = Path.Combine(baseModelDirectory, name);
            if (File.Exists(source))
            {
                // Not File.Copy: the copy of a read-only base model must not be read-only.
                File.WriteAllBytes(Path.Combine(directory, name), File.ReadAllBytes(source));
            }
        }
    }

    private static string Configuration(string baseConfigFile, Architecture architecture, ITrainingTask task)
    {
        var root = JsonNode.Parse(File.ReadAllBytes(baseConfigFile))!.AsObject();
        foreach (var key in KeysOfTheBase)
        {
            root.Remove(key);
        }

        var byIndex = new JsonObject();
        var byLabel = new JsonObject();
        // transformers counts the outputs of a head by the names; a number has one output, with the name that it gives outputs without one.
        var labels = task.Labels.Count == 0 && task.Head == HeadKind.Sequence ? ["LABEL_0"] : task.Labels;
        for (var index = 0; index < labels.Count; index++)
        {
            byIndex[index.ToString(CultureInfo.InvariantCulture)] = labels[index];
            byLabel[labels[index]] = index;
        }

        root["architectures"] = new JsonArray(architecture.ClassPrefix + HeadClass(task.Head));
        Set("problem_type", task.ProblemType);
        Set("id2label", labels.Count > 0 ? byIndex : null);
        Set("label2id", labels.Count > 0 ? byLabel : null);
        // Older releases of transformers read only this name of the key; newer ones read both.
        root["torch_dtype"] = "float32";

        // In the order of their names, as transformers writes them, wherever the base model had them.
        var sorted = new JsonObject(root.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
        return sorted.ToJsonString(Indented) + "\n";

        void Set(string key, JsonNode? value)
        {
            root.Remove(key);
            if (value is not null)
            {
                root[key] = value;
            }
        }
    }

    private static string HeadClass(HeadKind head) => head switch
    {
        HeadKind.Sequence => "ForSequenceClassification",
        HeadKind.Token => "ForTokenClassification",
        _ => "ForMaskedLM",
    };
}
