using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Core.Worker;

namespace FineTune.Core.Serialization;

/// <summary>
/// Reads and writes the documents that processes and releases hand to each other. Unknown properties are passed over, so that an older release
/// reads what a newer one of the same format version wrote. Numbers that are not finite are written as <c>null</c> and read as not a number.
/// </summary>
public static class CoreJson
{
    /// <summary>Writes a plan.</summary>
    public static string Write(TrainingPlan value, bool indented = false) => JsonWriting.Write(PlanJson.Write(value), indented);

    /// <summary>Writes a worker's request.</summary>
    public static string Write(WorkerRequest value, bool indented = false) => JsonWriting.Write(WorkerJson.Write(value), indented);

    /// <summary>Writes a worker's event on one line.</summary>
    public static string Write(WorkerEvent value) => JsonWriting.Write(WorkerJson.Write(value), indented: false);

    /// <summary>Writes <c>manifest.json</c>.</summary>
    public static string Write(ModelManifest value, bool indented = false) => JsonWriting.Write(ManifestJson.Write(value), indented);

    /// <summary>Writes <c>metrics.json</c>.</summary>
    public static string Write(MetricsDocument value, bool indented = false) => JsonWriting.Write(MetricsJson.Write(value), indented);

    /// <summary>Writes a training summary.</summary>
    public static string Write(TrainingSummary value, bool indented = false) => JsonWriting.Write(MetricsJson.Write(value), indented);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static TrainingPlan ReadPlan(string json) => JsonReading.Document(json, "plan", PlanJson.Read);

    /// <summary>Reads a worker's request.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static WorkerRequest ReadRequest(string json) => JsonReading.Document(json, "worker's request", WorkerJson.ReadRequest);

    /// <summary>Reads a worker's event.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static WorkerEvent ReadEvent(string json) => JsonReading.Document(json, "worker's event", WorkerJson.ReadEvent);

    /// <summary>Reads <c>manifest.json</c>.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static ModelManifest ReadManifest(string json) => JsonReading.Document(json, "model's manifest", ManifestJson.Read);

    /// <summary>Reads <c>metrics.json</c>.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static MetricsDocument ReadMetrics(string json) => JsonReading.Document(json, "model's metrics", MetricsJson.Read);

    /// <summary>Reads a training summary.</summary>
    /// <exception cref="FineTuneException">FT6005: the text is not such a document.</exception>
    public static TrainingSummary ReadTrainingSummary(string json) => JsonReading.Document(json, "training summary", MetricsJson.ReadTraining);
}
