using System.Text;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Serialization;

namespace FineTune.Core.Gates;

/// <summary>
/// <c>finetune.baseline.json</c>: the accepted metrics of a project's models by name, committed beside the project so that quality does not fall unnoticed.
/// </summary>
public sealed record BaselineFile
{
    /// <summary>The usual name of the file, beside the project.</summary>
    public const string DefaultName = "finetune.baseline.json";

    private const int FormatVersion = 1;

    private BaselineFile(string path, SortedDictionary<string, AcceptedMetrics> models) => (Path, Models) = (path, models);

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>The accepted models by name.</summary>
    public IReadOnlyDictionary<string, AcceptedMetrics> Models { get; }

    /// <summary>Reads the file; one that does not exist has no models.</summary>
    /// <exception cref="FineTuneException">FT5004: it cannot be read or understood.</exception>
    public static BaselineFile Read(string path)
    {
        if (!File.Exists(path))
        {
            return new BaselineFile(path, Sorted([]));
        }

        try
        {
            return JsonReading.Document(File.ReadAllText(path), "baseline", root => root.Whole("formatVersion") is var version and not FormatVersion
                ? throw GateDiagnostics.UnreadableBaseline.Exception($"The baseline has format version {version}, and this release reads {FormatVersion}. Use the release that wrote it, or write it again with 'dotnet finetune accept'.", new SourceLocation(path))
                : new BaselineFile(path, Sorted(root.Required("models").Map(ReadModel))));
        }
        catch (FineTuneException exception) when (exception.Code != GateDiagnostics.UnreadableBaseline.Code)
        {
            throw GateDiagnostics.UnreadableBaseline.Exception($"{exception.Diagnostics[0].Message} Take it from version control, or write it again with 'dotnet finetune accept'.", new SourceLocation(path), exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw GateDiagnostics.UnreadableBaseline.Exception($"The baseline cannot be read: {exception.Message}", new SourceLocation(path), exception);
        }
    }

    /// <summary>The accepted metrics of a model.</summary>
    /// <exception cref="FineTuneException">FT5003: there are none.</exception>
    public AcceptedMetrics Of(string model, SourceLocation? location) => Models.TryGetValue(model, out var accepted)
        ? accepted
        : throw GateDiagnostics.NoBaseline.Exception($"A condition of '{model}' compares with its baseline, but {(File.Exists(Path) ? $"'{Path}' has no entry for it" : $"there is no '{Path}'")}. Accept the model that was just made with 'dotnet finetune accept --project PROJECT --model {model}', and commit the file.", location);

    /// <summary>The file with another entry for <paramref name="model"/>.</summary>
    public BaselineFile With(string model, AcceptedMetrics accepted) => new(Path, Sorted([.. Models.Where(pair => pair.Key != model), new KeyValuePair<string, AcceptedMetrics>(model, accepted)]));

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save() => File.WriteAllText(Path, ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>The file's text: sorted and one value to a line, so that a change of it reads well in a review.</summary>
    public override string ToString()
    {
        var root = new JsonObject
        {
            ["formatVersion"] = FormatVersion,
            ["models"] = JsonWriting.Map(Models, WriteModel),
        };
        return JsonWriting.Write(root, indented: true) + "\n";
    }

    private static SortedDictionary<string, AcceptedMetrics> Sorted(IEnumerable<KeyValuePair<string, AcceptedMetrics>> models)
    {
        var sorted = new SortedDictionary<string, AcceptedMetrics>(StringComparer.Ordinal);
        foreach (var pair in models)
        {
            sorted[pair.Key] = pair.Value;
        }

        return sorted;
    }

    private static JsonObject WriteModel(AcceptedMetrics model) => new()
    {
        ["fingerprint"] = model.Fingerprint,
        ["evaluatedOn"] = model.EvaluatedOn,
        ["rows"] = model.Rows,
        ["metrics"] = JsonWriting.Map(model.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal), JsonWriting.Number),
        ["intervals"] = JsonWriting.Map(model.Intervals.OrderBy(interval => interval.Key, StringComparer.Ordinal), interval => JsonWriting.List(interval, JsonWriting.Number)),
    };

    private static AcceptedMetrics ReadModel(System.Text.Json.JsonElement element) => new()
    {
        Fingerprint = element.Text("fingerprint"),
        EvaluatedOn = element.Text("evaluatedOn"),
        Rows = element.Whole("rows"),
        Metrics = element.Required("metrics").Map(JsonReading.Number),
        Intervals = element.Required("intervals").Map(interval => interval.List(JsonReading.Number)),
    };
}
