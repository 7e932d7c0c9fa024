using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Tasks;
using FineTune.Training.Training;

namespace FineTune.Training.Pipeline;

/// <summary>
/// What a training leaves in the store, enough to export it again without the engine: <c>huggingface/</c>, <c>training.json</c>, and the
/// outputs that training computed for the validation rows, to which every export is held.
/// </summary>
internal sealed record TrainingArtifact
{
    /// <summary>The folder, in the layout that <c>transformers</c> loads.</summary>
    public const string HuggingFaceDirectory = BaseModelSource.TrainedFolder;

    private const string DescriptionFile = "training.json";
    private const string OutputsFile = "validation-outputs.safetensors";
    private const string OutputsName = "outputs";
    private const string LengthsName = "lengths";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Longest input in tokens.</summary>
    public required int MaxLength { get; init; }

    /// <summary>What the training cost.</summary>
    public required TrainingSummary Summary { get; init; }

    /// <summary>What the kept weights say about each validation row.</summary>
    public required IReadOnlyList<IReadOnlyList<float>> ValidationOutputs { get; init; }

    /// <summary>Writes a finished training into the folder of a store entry.</summary>
    public static void Write(string directory, string baseModelDirectory, TrainedModel model, ITrainingTask task)
    {
        HuggingFaceFolder.Write(Path.Combine(directory, HuggingFaceDirectory), baseModelDirectory, model.Architecture, model.Weights, task);

        var outputs = model.ValidationOutputs.SelectMany(row => row).ToArray();
        var lengths = model.ValidationOutputs.Select(row => (float)row.Count).ToArray();
        SafetensorsWriter.Write(
            Path.Combine(directory, OutputsFile),
            [(new WeightInfo(OutputsName, WeightType.Float32, [outputs.Length]), outputs), (new WeightInfo(LengthsName, WeightType.Float32, [lengths.Length]), lengths)],
            metadata: null);

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
            ValidationOutputs = ReadOutputs(Path.Combine(directory, OutputsFile)),
        };
    }

    private static IReadOnlyList<IReadOnlyList<float>> ReadOutputs(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return RaggedRows.Split(Read(OutputsName), Read(LengthsName));

        float[] Read(string name)
        {
            var values = new float[file.Weights[name].ElementCount];
            file.ReadFloat32(name, values);
            return values;
        }
    }
}
