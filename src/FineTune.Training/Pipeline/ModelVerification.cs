using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Worker;
using FineTune.Runtime.Packaging;
using FineTune.Training.Tasks;

namespace FineTune.Training.Pipeline;

/// <summary>
/// Measures a stored model again, without training: whoever ships a model that another machine made can see that it is the model of these inputs, and as good as was written down.
/// </summary>
internal static class ModelVerification
{
    /// <summary>The largest difference of a metric, relative to 1 for values below it: other processors round in another way.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>How many rows may be answered in another way, for the same reason.</summary>
    private const double RowsThatMayDiffer = 1.5;

    /// <summary>Checks what the model says of itself, measures it, and writes the metrics to the request's <see cref="WorkerRequest.MetricsFile"/>.</summary>
    /// <exception cref="FineTuneException">FT6106: it is the model of other inputs; FT6107: it measures something else than its metrics say; FT4050: it does not compute what was trained.</exception>
    public static void Run(WorkerRequest request, PipelineResult result, PhaseProgress progress, CancellationToken cancellation)
    {
        var package = result.Model.PathOf(ModelArtifact.PackageFile);
        RequireFingerprint(package, result.Fingerprint, request.Plan.Name);

        progress.Begin("reading the data", end: 0.1);
        var task = TrainingTasks.Read(request.Plan, progress.Report);
        var recorded = CoreJson.ReadMetrics(File.ReadAllText(result.Model.PathOf(ModelArtifact.MetricsFile)));
        // A model that came from the remote cache came without its training.
        var training = result.Training ?? result.Store.FindTraining(result.Fingerprint.Training);
        var evaluation = training is null
            ? task.Evaluate(package, float32PackageFile: null, validationOutputs: [], progress, cancellation) with { Quantization = recorded.Quantization }
            : ModelArtifact.Measure(result.Model.Directory, training.Directory, TrainingArtifact.Read(training.Directory), task, request.Plan, result.Fingerprint, Float32Directory(request), progress, cancellation);
        var measured = ModelArtifact.Document(evaluation, result.Model.Directory, recorded.Training, task, request.Plan, result.Fingerprint);
        RequireSame(recorded, measured, request.Plan.Name);
        if (request.MetricsFile is { } file)
        {
            File.WriteAllText(file, CoreJson.Write(measured, indented: true));
        }
    }

    /// <summary>Beside the metrics, below the project's <c>obj</c>: the store may be one that is only read.</summary>
    private static string Float32Directory(WorkerRequest request)
        => $"{request.MetricsFile ?? Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())}.{ModelArtifact.Float32Folder}";

    /// <summary>An entry's name is only a name; what ships is the package, and that carries the fingerprint of what it was made of.</summary>
    internal static void RequireFingerprint(string package, FingerprintPair fingerprint, string model)
    {
        using var files = ModelPackage.Open(package);
        var manifest = ModelPackage.ReadManifest(files);
        if (manifest.ExportFingerprint != fingerprint.Export || manifest.TrainingFingerprint != fingerprint.Training)
        {
            throw new FineTuneException("FT6106", $"The store's model for '{model}' says that it was made of other inputs (fingerprint {manifest.ExportFingerprint} instead of {fingerprint.Export}). Somebody put it there under a wrong name; delete the entry, and see who may write the store and the remote cache.");
        }
    }

    /// <summary>Compares all that was recorded; what a newer release measures beside it does not matter.</summary>
    internal static void RequireSame(MetricsDocument recorded, MetricsDocument measured, string model)
    {
        var other = recorded.Metrics
            .Where(metric => !measured.Metrics.TryGetValue(metric.Key, out var value) || !IsSame(metric.Value, value, recorded.Rows))
            .Select(metric => $"{metric.Key} was {Number(metric.Value)} and is {(measured.Metrics.TryGetValue(metric.Key, out var value) ? Number(value) : "missing")}")
            .ToList();
        if (recorded.Rows != measured.Rows)
        {
            other.Insert(0, $"the rows were {recorded.Rows} and are {measured.Rows}");
        }

        if (other.Count > 0)
        {
            throw new FineTuneException("FT6107", $"The model '{model}' does not measure what was recorded when it was made: {string.Join("; ", other.Take(5))}{(other.Count > 5 ? $"; and {other.Count - 5} more" : "")}. Delete the store's entry and train it again; if that does not help, report it.");
        }
    }

    private static bool IsSame(double recorded, double measured, int rows)
        => recorded.Equals(measured) || Math.Abs(recorded - measured) <= Math.Max(Tolerance * Math.Max(1, Math.Abs(recorded)), RowsThatMayDiffer / rows);

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
