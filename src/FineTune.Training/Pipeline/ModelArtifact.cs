using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Runtime.Packaging;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Tasks;

namespace FineTune.Training.Pipeline;

/// <summary>
/// Makes the files that ship from a finished training, and measures them: what is reported and gated is computed from the very bytes that apps
/// load, by the code that apps run.
/// </summary>
internal static class ModelArtifact
{
    /// <summary>The exported graph.</summary>
    public const string GraphFile = "model.onnx";

    /// <summary>What the model is and which files it consists of.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>What was measured.</summary>
    public const string MetricsFile = "metrics.json";

    /// <summary>All that an app needs, in one file.</summary>
    public const string PackageFile = "model.ftmodel";

    private const double BytesPerMegabyte = 1e6;

    /// <summary>Writes the graph, the vocabulary, the manifest and the package into <paramref name="directory"/>.</summary>
    /// <param name="directory">The new entry's folder.</param>
    /// <param name="trainingDirectory">The folder of the training's entry.</param>
    /// <param name="training">The training that is exported.</param>
    /// <param name="task">The task.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">The plan's fingerprints.</param>
    public static void Export(string directory, string trainingDirectory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint)
    {
        var huggingFace = Path.Combine(trainingDirectory, TrainingArtifact.HuggingFaceDirectory);
        using (var graph = File.Create(Path.Combine(directory, GraphFile)))
        {
            var architecture = Architectures.Read(Path.Combine(huggingFace, "config.json"));
            OnnxExport.Write(architecture, task.Head, task.OutputCount(architecture.Config), task.HasPairs && architecture.HasSegments, ReadWeights(Path.Combine(huggingFace, "model.safetensors")), graph);
        }

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(huggingFace, out var settings);
        foreach (var name in settings.Files)
        {
            using var file = File.Create(Path.Combine(directory, name));
            tokenizer.WriteFile(name, file);
        }

        var manifest = new ModelManifest
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            Name = NeutralName(fingerprint),
            Task = plan.Task,
            Labels = task.Labels,
            MaxLength = training.MaxLength,
            Tokenizer = settings,
            TrainingFingerprint = fingerprint.Training,
            ExportFingerprint = fingerprint.Export,
            Files = new[] { GraphFile }.Concat(settings.Files).ToDictionary(file => file, file => ContentHash.OfFile(Path.Combine(directory, file))),
        };
        File.WriteAllText(Path.Combine(directory, ManifestFile), CoreJson.Write(task.Describe(manifest, training.ValidationOutputs), indented: true));
        using var package = File.Create(Path.Combine(directory, PackageFile));
        ModelPackage.Write(directory, package);
    }

    /// <summary>
    /// Runs the exported model on the validation rows (it must compute what was trained) and on the test rows, compares it with the baselines, and
    /// writes the metrics.
    /// </summary>
    /// <param name="directory">The folder that <see cref="Export"/> wrote.</param>
    /// <param name="training">The training that was exported.</param>
    /// <param name="task">The task with its rows.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">The plan's fingerprints.</param>
    /// <param name="progress">Begins phases, and is told the share of the rows that is done.</param>
    /// <param name="cancellation">Cancels between batches and baselines.</param>
    public static void Evaluate(string directory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint, PhaseProgress progress, CancellationToken cancellation)
    {
        var evaluation = task.Evaluate(Path.Combine(directory, PackageFile), training.ValidationOutputs, progress, cancellation);
        File.WriteAllText(Path.Combine(directory, MetricsFile), CoreJson.Write(Document(evaluation, directory, training.Summary, task, plan, fingerprint), indented: true));
    }

    /// <summary>What was measured of the model in <paramref name="directory"/>, with all that <c>metrics.json</c> says beside it.</summary>
    public static MetricsDocument Document(TaskEvaluation evaluation, string directory, TrainingSummary summary, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint)
        => new()
        {
            Task = plan.Task.ToString(),
            EvaluatedOn = evaluation.EvaluatedOn,
            Rows = evaluation.Rows,
            Metrics = new Dictionary<string, double>([.. evaluation.Metrics, KeyValuePair.Create("size.mb", SizeInMegabytes(directory))]),
            Intervals = evaluation.Intervals,
            Baseline = evaluation.Baselines,
            ConfusionMatrix = evaluation.ConfusionMatrix,
            Labels = task.Names,
            Training = summary,
            Fingerprint = fingerprint,
        };

    /// <summary>An entry belongs to every item with the same inputs, so none of their names may be in its bytes.</summary>
    private static string NeutralName(FingerprintPair fingerprint) => $"model-{fingerprint.Export[..12]}";

    private static double SizeInMegabytes(string directory) => new FileInfo(Path.Combine(directory, PackageFile)).Length / BytesPerMegabyte;

    private static Dictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> ReadWeights(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var weights = new Dictionary<string, (WeightInfo, ReadOnlyMemory<float>)>();
        foreach (var info in file.Weights.Values)
        {
            var values = new float[info.ElementCount];
            file.ReadFloat32(info.Name, values);
            weights.Add(info.Name, (info, values));
        }

        return weights;
    }
}
