using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Training;

namespace FineTune.Training.Pipeline;

/// <summary>
/// What a training leaves in the store, enough to export it again without the engine: <c>huggingface/</c>, <c>training.json</c>, and the
/// logits that training computed for the validation rows, to which every export is held.
/// </summary>
internal sealed record TrainingArtifact
{
    /// <summary>The folder, in the layout that <c>transformers</c> loads.</summary>
    public const string HuggingFaceDirectory = "huggingface";

    private const string DescriptionFile = "training.json";
    private const string LogitsFile = "validation-logits.safetensors";
    private const string LogitsName = "logits";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Longest input in tokens.</summary>
    public required int MaxLength { get; init; }

    /// <summary>What the training cost.</summary>
    public required TrainingSummary Summary { get; init; }

    /// <summary>Logits of the kept weights for each validation row.</summary>
    public required IReadOnlyList<IReadOnlyList<float>> ValidationLogits { get; init; }

    /// <summary>Writes a finished training into the folder of a store entry.</summary>
    public static void Write(string directory, string baseModelDirectory, TrainedModel model, IReadOnlyList<string> labels)
    {
        HuggingFaceFolder.Write(Path.Combine(directory, HuggingFaceDirectory), baseModelDirectory, model.Architecture, model.Weights, labels);

        var logits = model.EvaluationLogits.SelectMany(row => row).ToArray();
        var shape = new WeightInfo(LogitsName, WeightType.Float32, [model.EvaluationLogits.Count, labels.Count]);
        SafetensorsWriter.Write(Path.Combine(directory, LogitsFile), [(shape, logits)], metadata: null);

        var description = new JsonObject { ["maxLength"] = model.MaxLength, ["summary"] = JsonNode.Parse(CoreJson.Write(model.Summary)) };
        File.WriteAllText(Path.Combine(directory, DescriptionFile), description.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static TrainingArtifact Read(string directory)
    {
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, DescriptionFile)))!;
        return new TrainingArtifact
        {
            MaxLength = (int)description["maxLength"]!,
            Summary = CoreJson.ReadTrainingSummary(description["summary"]!.ToJsonString()),
            ValidationLogits = ReadLogits(Path.Combine(directory, LogitsFile)),
        };
    }

    private static List<IReadOnlyList<float>> ReadLogits(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var info = file.Weights[LogitsName];
        var values = new float[info.ElementCount];
        file.ReadFloat32(LogitsName, values);
        var columns = (int)info.Shape[1];
        return [.. values.Chunk(columns)];
    }
}
