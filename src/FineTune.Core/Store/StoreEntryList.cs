using System.Text.Json.Nodes;
using FineTune.Core.Serialization;

namespace FineTune.Core.Store;

/// <summary>Reads and writes <c>entry.json</c>: the list of an entry's files, whose presence says that the entry is complete.</summary>
internal static class StoreEntryList
{
    public const string FileName = "entry.json";

    public static string Write(string fingerprint, IReadOnlyDictionary<string, StoreEntryFile> files) => JsonWriting.Write(
        new JsonObject
        {
            ["fingerprint"] = fingerprint,
            ["files"] = JsonWriting.Map(files.OrderBy(file => file.Key, StringComparer.Ordinal), file => new JsonObject { ["size"] = file.Size, ["sha256"] = file.Hash }),
        },
        indented: true);

    public static (string Fingerprint, IReadOnlyDictionary<string, StoreEntryFile> Files) Read(string json) => JsonReading.Document(
        json,
        "list of a store entry's files",
        element => (element.Text("fingerprint"), element.Required("files").Map(file => new StoreEntryFile(file.Long("size"), file.Text("sha256")))));
}
