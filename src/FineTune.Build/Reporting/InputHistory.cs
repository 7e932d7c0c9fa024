using FineTune.Core.Fingerprints;
using FineTune.Core.Inputs;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Core.Store;

namespace FineTune.Build.Reporting;

/// <summary>What a model was made of last and would be made of now, for telling people what changed. Where nothing changed, the data are not read for it.</summary>
internal sealed class InputHistory
{
    private const int ShownHashDigits = 12;

    private readonly ModelRecords records;
    private readonly string projectFile;
    private readonly TrainingPlan plan;
    private readonly FingerprintPair fingerprint;
    private readonly InputSnapshot? inputs;
    private readonly IReadOnlyList<InputChange> changes;

    /// <summary>Looks up what the store remembers of the model of <paramref name="projectFile"/>.</summary>
    public InputHistory(string storeDirectory, string projectFile, TrainingPlan plan, BaseModelSource baseModel, FingerprintPair fingerprint, ContentHashIndex hashes)
    {
        records = new ModelRecords(storeDirectory);
        (this.projectFile, this.plan, this.fingerprint) = (projectFile, plan, fingerprint);
        inputs = records.IsRecorded(projectFile, plan.Name, fingerprint) ? null : InputSnapshot.Take(plan, baseModel, hashes);
        changes = inputs is not null && records.Find(projectFile, plan.Name)?.Inputs is { } before ? InputChanges.Between(before, inputs) : [];
    }

    /// <summary>What changed since the model was made last and what runs, a line each; none when nothing changed or nothing is remembered.</summary>
    /// <param name="isStored">Whether the store has a model of the present inputs.</param>
    public IEnumerable<string> Describe(bool isStored)
    {
        foreach (var change in changes)
        {
            yield return $"{plan.Name}: since the last training: {change}";
        }

        if (changes.Count > 0)
        {
            var needed = changes.Any(change => change.Trains) ? "training, export and evaluation run" : "export and evaluation run; the training stays";
            yield return $"{plan.Name}: {(isStored ? "the store has a model of these inputs; nothing runs" : needed)}";
        }
    }

    /// <summary>
    /// For an error: what changed, where an earlier training is remembered; else what the inputs are here, to be compared with those of another machine. Ends with a space, or is
    /// empty.
    /// </summary>
    public string Reasons()
    {
        if (changes.Count > 0)
        {
            return $"Since the last training: {string.Join("; ", changes)}. ";
        }

        var files = plan.TrainData.Select(data => inputs?.Files.FirstOrDefault(file => file.Path == data.DisplayPath)).OfType<InputFile>()
            .Select(file => $"{file.Path} ({(file.Rows is { } rows ? $"{RowChanges.Rows(rows.Count)}, " : "")}SHA-256 {file.Hash.Substring(0, ShownHashDigits)})")
            .ToList();
        return files.Count == 0 ? string.Empty : $"Here it would train {plan.BaseModel} on {string.Join(", ", files)}; another hash elsewhere means other bytes, for example other line ends. ";
    }

    /// <summary>Remembers that the model was made of the present inputs.</summary>
    public void Save()
    {
        if (inputs is not null)
        {
            records.Write(projectFile, plan.Name, fingerprint, inputs);
        }
    }
}
