using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Core.Serialization;

/// <summary>The JSON form of <c>metrics.json</c> and its training part.</summary>
internal static class MetricsJson
{
    public static JsonObject Write(MetricsDocument document) => new JsonObject
    {
        ["task"] = document.Task,
        ["evaluatedOn"] = document.EvaluatedOn,
        ["rows"] = document.Rows,
        ["metrics"] = JsonWriting.Map(document.Metrics, JsonWriting.Number),
        ["intervals"] = JsonWriting.Map(document.Intervals, interval => JsonWriting.List(interval, JsonWriting.Number)),
        ["baseline"] = JsonWriting.Map(document.Baseline, metrics => JsonWriting.Map(metrics, JsonWriting.Number)),
        ["quantization"] = document.Quantization is { } effect ? Write(effect) : null,
        ["confusionMatrix"] = JsonWriting.List(document.ConfusionMatrix, row => JsonWriting.List(row, count => JsonValue.Create(count))),
        ["labels"] = JsonWriting.Texts(document.Labels),
        ["training"] = Write(document.Training),
        ["fingerprint"] = new JsonObject { ["training"] = document.Fingerprint.Training, ["export"] = document.Fingerprint.Export },
    }.WithoutNulls();

    public static MetricsDocument Read(JsonElement element) => new()
    {
        Task = element.Text("task"),
        EvaluatedOn = element.Text("evaluatedOn"),
        Rows = element.Whole("rows"),
        Metrics = element.Required("metrics").Map(JsonReading.Number),
        Intervals = element.Required("intervals").Map(interval => interval.List(JsonReading.Number)),
        Baseline = element.Required("baseline").Map(metrics => metrics.Map(JsonReading.Number)),
        Quantization = element.Optional("quantization") is { } effect ? ReadQuantization(effect) : null,
        ConfusionMatrix = element.Required("confusionMatrix").List(row => row.List(count => count.GetInt32())),
        Labels = element.Texts("labels"),
        Training = ReadTraining(element.Required("training")),
        Fingerprint = new FingerprintPair(element.Required("fingerprint").Text("training"), element.Required("fingerprint").Text("export")),
    };

    private static JsonObject Write(QuantizationEffect effect) => new()
    {
        ["form"] = effect.Form.ToString(),
        ["largestDifference"] = JsonWriting.Number(effect.LargestDifference),
        ["float32Metrics"] = JsonWriting.Map(effect.Float32Metrics, JsonWriting.Number),
    };

    private static QuantizationEffect ReadQuantization(JsonElement element) => new(
        element.Enumeration<Quantization>("form"), element.Number("largestDifference"), element.Required("float32Metrics").Map(JsonReading.Number));

    public static JsonObject Write(TrainingSummary summary) => new()
    {
        ["seconds"] = JsonWriting.Number(summary.Seconds),
        ["samplesPerSecond"] = JsonWriting.Number(summary.SamplesPerSecond),
        ["steps"] = summary.Steps,
        ["epochs"] = JsonWriting.Number(summary.Epochs),
        ["bestEpoch"] = JsonWriting.Number(summary.BestEpoch),
        ["peakMemoryBytes"] = summary.PeakMemoryBytes,
        ["device"] = summary.Device,
        ["precision"] = summary.Precision,
        ["rows"] = summary.Rows,
        ["strategy"] = summary.Strategy.ToString(),
        ["parts"] = JsonWriting.List(summary.Parts, Write),
        ["history"] = JsonWriting.List(summary.History, Write),
        ["warnings"] = JsonWriting.List(summary.Warnings, WorkerJson.WriteDiagnostic),
        ["trainableParameters"] = summary.TrainableParameters,
        ["parameters"] = summary.Parameters,
    };

    public static TrainingSummary ReadTraining(JsonElement element) => new()
    {
        Seconds = element.Number("seconds"),
        SamplesPerSecond = element.Number("samplesPerSecond"),
        Steps = element.Whole("steps"),
        Epochs = element.Number("epochs"),
        BestEpoch = element.Number("bestEpoch"),
        PeakMemoryBytes = element.Long("peakMemoryBytes"),
        Device = element.Text("device"),
        Precision = element.Text("precision"),
        Rows = element.Whole("rows"),
        Strategy = element.Enumeration<Strategy>("strategy"),
        Parts = element.Required("parts").List(ReadPart),
        History = element.Required("history").List(ReadPoint),
        Warnings = element.Required("warnings").List(WorkerJson.ReadDiagnostic),
        TrainableParameters = element.Long("trainableParameters"),
        Parameters = element.Long("parameters"),
    };

    private static JsonObject Write(TrainedPart part) => new()
    {
        ["name"] = part.Name,
        ["parameters"] = part.Parameters,
        ["rateFactor"] = JsonWriting.Number(part.RateFactor),
        ["weightDecay"] = JsonWriting.Number(part.WeightDecay),
        ["trainable"] = part.Trainable,
    };

    private static TrainedPart ReadPart(JsonElement element) => new(
        element.Text("name"), element.Long("parameters"), element.Number("rateFactor"), element.Number("weightDecay"), element.Boolean("trainable"));

    private static JsonObject Write(EvaluationPoint point) => new()
    {
        ["step"] = point.Step,
        ["epoch"] = JsonWriting.Number(point.Epoch),
        ["trainingLoss"] = JsonWriting.Number(point.TrainingLoss),
        ["metrics"] = JsonWriting.Map(point.Metrics, JsonWriting.Number),
    };

    private static EvaluationPoint ReadPoint(JsonElement element) => new(
        element.Whole("step"), element.Number("epoch"), element.Number("trainingLoss"), element.Required("metrics").Map(JsonReading.Number));
}
