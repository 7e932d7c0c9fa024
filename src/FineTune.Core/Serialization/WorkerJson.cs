using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using FineTune.Core.Worker;

namespace FineTune.Core.Serialization;

/// <summary>The JSON form of what a worker process is asked and answers.</summary>
internal static class WorkerJson
{
    public static JsonObject Write(WorkerRequest request) => new JsonObject
    {
        ["command"] = request.Command.ToString(),
        ["plan"] = PlanJson.Write(request.Plan),
        ["storeDirectory"] = request.StoreDirectory,
        ["baseModelDirectory"] = request.BaseModelDirectory,
        ["baseModelTraining"] = request.BaseModelTraining,
        ["weightsToo"] = request.WeightsToo ? true : null,
        ["libTorchDirectory"] = request.LibTorchDirectory,
        ["trainingFingerprint"] = request.TrainingFingerprint,
        ["exportFingerprint"] = request.ExportFingerprint,
        ["remoteCache"] = request.RemoteCache is { } cache ? Write(cache) : null,
        ["metricsFile"] = request.MetricsFile,
        ["explanation"] = request.Explanation,
        ["shareDevice"] = request.ShareDevice ? true : null,
    }.WithoutNulls();

    private static JsonObject Write(RemoteCacheSettings cache) => new() { ["address"] = cache.Address, ["mode"] = cache.Mode.ToString(), ["allowHttp"] = cache.AllowHttp };

    public static WorkerRequest ReadRequest(JsonElement element) => new()
    {
        Command = element.Enumeration<WorkerCommand>("command"),
        Plan = PlanJson.Read(element.Required("plan")),
        StoreDirectory = element.Text("storeDirectory"),
        BaseModelDirectory = element.Text("baseModelDirectory"),
        BaseModelTraining = element.OptionalText("baseModelTraining"),
        WeightsToo = element.Optional("weightsToo")?.GetBoolean() ?? false,
        LibTorchDirectory = element.OptionalText("libTorchDirectory"),
        TrainingFingerprint = element.OptionalText("trainingFingerprint"),
        ExportFingerprint = element.OptionalText("exportFingerprint"),
        RemoteCache = element.Optional("remoteCache") is { } cache ? ReadCache(cache) : null,
        MetricsFile = element.OptionalText("metricsFile"),
        Explanation = element.OptionalText("explanation"),
        ShareDevice = element.Optional("shareDevice")?.GetBoolean() ?? false,
    };

    private static RemoteCacheSettings ReadCache(JsonElement element) => new()
    {
        Address = element.Text("address"),
        Mode = element.Enumeration<RemoteCacheMode>("mode"),
        AllowHttp = element.Boolean("allowHttp"),
    };

    public static JsonObject Write(WorkerEvent report) => new JsonObject
    {
        ["kind"] = report.Kind.ToString(),
        ["message"] = report.Message,
        ["fraction"] = report.Fraction is { } fraction ? JsonWriting.Number(fraction) : null,
        ["diagnostic"] = WriteDiagnostic(report.Diagnostic),
        ["labels"] = report.Labels is { } labels ? JsonWriting.Texts(labels) : null,
        ["entryDirectory"] = report.EntryDirectory,
        ["trained"] = report.Trained,
    }.WithoutNulls();

    public static WorkerEvent ReadEvent(JsonElement element) => new()
    {
        Kind = element.Enumeration<WorkerEventKind>("kind"),
        Message = element.OptionalText("message"),
        Fraction = element.Optional("fraction")?.GetDouble(),
        Diagnostic = element.Optional("diagnostic") is { } diagnostic ? ReadDiagnostic(diagnostic) : null,
        Labels = element.Optional("labels")?.Texts(),
        EntryDirectory = element.OptionalText("entryDirectory"),
        Trained = element.Optional("trained")?.GetBoolean(),
    };

    public static JsonObject? WriteDiagnostic(Diagnostic? diagnostic) => diagnostic is null ? null : new JsonObject
    {
        ["code"] = diagnostic.Code,
        ["severity"] = diagnostic.Severity.ToString(),
        ["message"] = diagnostic.Message,
        ["location"] = PlanJson.WriteLocation(diagnostic.Location),
    }.WithoutNulls();

    public static Diagnostic ReadDiagnostic(JsonElement element) => new(
        element.Text("code"),
        element.Enumeration<DiagnosticSeverity>("severity"),
        element.Text("message"),
        PlanJson.ReadLocation(element.Optional("location")));
}
