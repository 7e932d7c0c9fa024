using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Inputs;
using FineTune.Core.Manifests;
using FineTune.Core.Store;

namespace FineTune.Core.Serialization;

/// <summary>The two lines of a record: what the model is called, and what it was made of, which is longer and seldom needed.</summary>
internal static class RecordJson
{
    private const int BytesPerHash = sizeof(ulong);

    public static string Write(ModelRecord record)
    {
        var head = new JsonObject
        {
            ["projectFile"] = record.ProjectFile,
            ["model"] = record.Model,
            ["fingerprints"] = JsonWriting.List(record.Fingerprints, fingerprint => new JsonObject { ["training"] = fingerprint.Training, ["export"] = fingerprint.Export }),
        };
        return JsonWriting.Write(head, indented: false) + "\n" + (record.Inputs is { } inputs ? JsonWriting.Write(Write(inputs), indented: false) : "") + "\n";
    }

    public static ModelRecord Read(string path, bool withInputs)
    {
        using var reader = new StreamReader(path);
        var record = JsonReading.Document(reader.ReadLine() ?? "", "record of a model", head => new ModelRecord(
            head.Text("projectFile"),
            head.Text("model"),
            head.Required("fingerprints").List(fingerprint => new FingerprintPair(fingerprint.Text("training"), fingerprint.Text("export")))));
        if (record.Fingerprints.Count == 0)
        {
            throw new InvalidDataException("The record names no fingerprint.");
        }

        return withInputs && reader.ReadLine() is { Length: > 0 } inputs ? record with { Inputs = JsonReading.Document(inputs, "inputs of a model", ReadInputs) } : record;
    }

    private static JsonObject Write(InputSnapshot inputs) => new()
    {
        ["recipe"] = inputs.Recipe,
        ["formatVersion"] = inputs.FormatVersion,
        ["options"] = JsonWriting.Map(inputs.Options, value => JsonValue.Create(value)),
        ["files"] = JsonWriting.List(inputs.Files, file => new JsonObject
        {
            ["option"] = file.Option,
            ["path"] = file.Path,
            ["sha256"] = file.Hash,
            ["rows"] = file.Rows is { } rows ? Write(rows) : null,
        }),
        ["baseModelFiles"] = JsonWriting.Map(inputs.BaseModelFiles, hash => JsonValue.Create(hash)),
    };

    private static JsonObject Write(FileRows rows) => new()
    {
        ["count"] = rows.Count,
        ["header"] = rows.Header,
        ["hashes"] = rows.Hashes is { } hashes ? Convert.ToBase64String([.. hashes.SelectMany(BitConverter.GetBytes)]) : null,
    };

    private static InputSnapshot ReadInputs(JsonElement element) => new()
    {
        Recipe = element.Whole("recipe"),
        FormatVersion = element.Text("formatVersion"),
        Options = element.Required("options").Map(value => value.GetString()!),
        Files = element.Required("files").List(file => new InputFile(
            file.Text("option"),
            file.Text("path"),
            file.Text("sha256"),
            file.Optional("rows") is { } rows ? new FileRows(rows.Long("count"), rows.Required("header").GetUInt64(), rows.OptionalText("hashes") is { } hashes ? ReadHashes(hashes) : null) : null)),
        BaseModelFiles = element.Required("baseModelFiles").Map(hash => hash.GetString()!),
    };

    private static ulong[] ReadHashes(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        var hashes = new ulong[bytes.Length / BytesPerHash];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = BitConverter.ToUInt64(bytes, i * BytesPerHash);
        }

        return hashes;
    }
}
