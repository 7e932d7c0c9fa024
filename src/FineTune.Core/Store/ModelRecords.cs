using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Inputs;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;

namespace FineTune.Core.Store;

/// <summary>
/// The store's memory of which project made which entries, and from what: for telling what changed, and for removing a project's entries. It only explains; nothing is
/// decided by it, and a record that cannot be read or written is as if there were none.
/// </summary>
/// <param name="storeDirectory">The root of the store.</param>
internal sealed class ModelRecords(string storeDirectory)
{
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(90);

    private readonly string _directory = Path.Combine(storeDirectory, ModelStore.LayoutVersion, "records");

    /// <summary>The record of a model with its inputs, or <see langword="null"/>.</summary>
    public ModelRecord? Find(string projectFile, string model) => Read(PathOf(projectFile, model), withInputs: true);

    /// <summary>Whether the record of a model has exactly this fingerprint; reads one line.</summary>
    public bool IsRecorded(string projectFile, string model, FingerprintPair fingerprint)
        => Read(PathOf(projectFile, model), withInputs: false)?.Latest == fingerprint;

    /// <summary>All records, without inputs.</summary>
    public IReadOnlyList<ModelRecord> All() => [.. Paths().Select(path => Read(path, withInputs: false)).OfType<ModelRecord>()];

    /// <summary>Remembers what a model was made of.</summary>
    public void Write(string projectFile, string model, FingerprintPair fingerprint, InputSnapshot inputs)
    {
        var record = (Find(projectFile, model) ?? new ModelRecord(projectFile, model, [])).With(fingerprint, inputs);
        var path = PathOf(projectFile, model);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(_directory);
            File.WriteAllText(temporary, RecordJson.Write(record));
            File.Delete(path);
            File.Move(temporary, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DeleteIfPossible(temporary);
        }
    }

    /// <summary>Forgets a model.</summary>
    public void Remove(ModelRecord record) => DeleteIfPossible(PathOf(record.ProjectFile, record.Model));

    /// <summary>Forgets the models of projects that are gone, long after anything was heard of them: a project of another machine is not here either.</summary>
    public void RemoveForgotten(DateTime now)
    {
        foreach (var path in Paths().Where(path => now - File.GetLastWriteTimeUtc(path) > ForgottenAfter && !HasProject(path)))
        {
            DeleteIfPossible(path);
        }
    }

    private string[] Paths() => Directory.Exists(_directory) ? Directory.GetFiles(_directory, "*.record") : [];

    private string PathOf(string projectFile, string model) => Path.Combine(_directory, ContentHash.OfText($"{projectFile}\n{model}") + ".record");

    private static ModelRecord? Read(string path, bool withInputs)
    {
        try
        {
            return File.Exists(path) ? RecordJson.Read(path, withInputs) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or FineTuneException)
        {
            return null;
        }
    }

    private static bool HasProject(string path) => Read(path, withInputs: false) is { } record && (File.Exists(record.ProjectFile) || Directory.Exists(record.ProjectFile));

    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is read just now, or the store may not be written: it stays, and does no harm.
        }
    }
}
