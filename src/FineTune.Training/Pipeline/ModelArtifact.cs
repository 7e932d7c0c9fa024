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

    /// <summary>Where the same model with 32-bit floats lies while a quantized one is measured.</summary>
    public const string Float32Folder = "float32";

    private const string SizeMetric = "size.mb";
    private const double BytesPerMegabyte = 1e6;

    /// <summary>Writes the graph, the vocabulary, the manifest and the package into <paramref name="directory"/>.</summary>
    /// <param name="directory">The new entry's folder.</param>
    /// <param name="trainingDirectory">The folder of the training's entry.</param>
    /// <param name="training">The training that is exported.</param>
    /// <param name="task">The task.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">The plan's fingerprints.</param>
    public static void Export(string directory, string trainingDirectory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint)
        => Export(directory, trainingDirectory, training, task, plan, fingerprint, plan.Quantize);

    /// <summary>The same with another form of the weights than the plan's.</summary>
    private static void Export(string directory, string trainingDirectory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint, Quantization quantization)
    {
        var huggingFace = Path.Combine(trainingDirectory, TrainingArtifact.HuggingFaceDirectory);
        using (var graph = File.Create(Path.Combine(directory, GraphFile)))
        using (var file = SafetensorsFile.Open(Path.Combine(huggingFace, "model.safetensors")))
        {
            var weights = file.Weights.Values.ToDictionary(info => info.Name, info => (info, file.Float32(info.Name)));
            var architecture = Architectures.Read(Path.Combine(huggingFace, "config.json"));
            OnnxExport.Write(architecture, task.Head, task.OutputCount(architecture.Config), task.HasPairs && architecture.HasSegments, weights, graph, quantization);
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
            Quantization = quantization,
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
    /// <param name="directory">The folder that <see cref="Export(string, string, TrainingArtifact, ITrainingTask, TrainingPlan, FingerprintPair)"/> wrote.</param>
    /// <param name="trainingDirectory">The folder of the training's entry.</param>
    /// <param name="training">The training that was exported.</param>
    /// <param name="task">The task with its rows.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">The plan's fingerprints.</param>
    /// <param name="progress">Begins phases, and is told the share of the rows that is done.</param>
    /// <param name="cancellation">Cancels between batches and baselines.</param>
    public static void Evaluate(
        string directory, string trainingDirectory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint, PhaseProgress progress, CancellationToken cancellation)
    {
        var evaluation = Measure(directory, trainingDirectory, training, task, plan, fingerprint, Path.Combine(directory, Float32Folder), progress, cancellation);
        File.WriteAllText(Path.Combine(directory, MetricsFile), CoreJson.Write(Document(evaluation, directory, training.Summary, task, plan, fingerprint), indented: true));
    }

    /// <summary>The same, without writing anything that stays.</summary>
    /// <param name="directory">The folder with the exported model.</param>
    /// <param name="trainingDirectory">The folder of the training's entry.</param>
    /// <param name="training">The training that was exported.</param>
    /// <param name="task">The task with its rows.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="fingerprint">The plan's fingerprints.</param>
    /// <param name="float32Directory">A folder for the same model with 32-bit floats, which is made where it is needed, and deleted. Who ends this process leaves it behind, so it lies where somebody cleans up.</param>
    /// <param name="progress">Begins phases, and is told the share of the rows that is done.</param>
    /// <param name="cancellation">Cancels between batches and baselines.</param>
    /// <remarks>Rounded weights cannot be held to what was trained. So those of a quantized model are exported with 32-bit floats too, which must compute what was trained, and show what the rounding costs.</remarks>
    public static TaskEvaluation Measure(
        string directory, string trainingDirectory, TrainingArtifact training, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint, string float32Directory, PhaseProgress progress, CancellationToken cancellation)
    {
        var package = Path.Combine(directory, PackageFile);
        if (plan.Quantize == Quantization.None)
        {
            return task.Evaluate(package, float32PackageFile: null, training.ValidationOutputs, progress, cancellation);
        }

        if (Directory.Exists(float32Directory))
        {
            Directory.Delete(float32Directory, recursive: true);
        }

        Directory.CreateDirectory(float32Directory);
        try
        {
            Export(float32Directory, trainingDirectory, training, task, plan, fingerprint, Quantization.None);
            var evaluation = task.Evaluate(package, Path.Combine(float32Directory, PackageFile), training.ValidationOutputs, progress, cancellation);
            var effect = evaluation.Quantization!;
            return evaluation with { Quantization = effect with { Float32Metrics = new Dictionary<string, double>([.. effect.Float32Metrics, KeyValuePair.Create(SizeMetric, SizeInMegabytes(float32Directory))]) } };
        }
        finally
        {
            Directory.Delete(float32Directory, recursive: true);
        }
    }

    /// <summary>What was measured of the model in <paramref name="directory"/>, with all that <c>metrics.json</c> says beside it.</summary>
    public static MetricsDocument Document(TaskEvaluation evaluation, string directory, TrainingSummary summary, ITrainingTask task, TrainingPlan plan, FingerprintPair fingerprint)
        => new()
        {
            Task = plan.Task.ToString(),
            EvaluatedOn = evaluation.EvaluatedOn,
            Rows = evaluation.Rows,
            Metrics = new Dictionary<string, double>([.. evaluation.Metrics, .. QuantizationGains(evaluation, plan.Task), KeyValuePair.Create(SizeMetric, SizeInMegabytes(directory))]),
            Intervals = evaluation.Intervals,
            Baseline = evaluation.Baselines,
            Quantization = evaluation.Quantization,
            ConfusionMatrix = evaluation.ConfusionMatrix,
            Labels = task.Names,
            Training = summary,
            Fingerprint = fingerprint,
        };

    /// <summary>How much better each metric of the whole model is than without quantization; less than 0 where it is worse.</summary>
    private static IEnumerable<KeyValuePair<string, double>> QuantizationGains(TaskEvaluation evaluation, FineTuneTask task)
        => evaluation.Quantization is not { } effect ? [] : TaskMetrics.Of(task).Names
            .Where(name => evaluation.Metrics.ContainsKey(name) && effect.Float32Metrics.ContainsKey(name))
            .Select(name => (Name: name, Change: evaluation.Metrics[name] - effect.Float32Metrics[name]))
            .Select(metric => KeyValuePair.Create(TaskMetrics.QuantizationPrefix + metric.Name, TaskMetrics.IsBetterWhenLower(metric.Name) ? -metric.Change : metric.Change));

    /// <summary>An entry belongs to every item with the same inputs, so none of their names may be in its bytes.</summary>
    private static string NeutralName(FingerprintPair fingerprint) => $"model-{fingerprint.Export[..12]}";

    private static double SizeInMegabytes(string directory) => new FileInfo(Path.Combine(directory, PackageFile)).Length / BytesPerMegabyte;
}
