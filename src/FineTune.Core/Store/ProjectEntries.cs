namespace FineTune.Core.Store;

/// <summary>What one project has in the store.</summary>
internal static class ProjectEntries
{
    /// <summary>
    /// Removes the entries and checkpoints that <paramref name="projectFile"/> made or used, with the hidden states that its trainings used, but not those that another project used
    /// as well, or that somebody uses just now, and forgets the project.
    /// </summary>
    /// <param name="storeDirectory">The root of the store.</param>
    /// <param name="projectFile">The absolute path of the project.</param>
    /// <returns>What was removed, what is shared with other projects, and what is in use.</returns>
    /// <exception cref="IOException">The store cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The store cannot be written.</exception>
    public static (IReadOnlyList<StoredFolder> Removed, int Shared, int InUse) Remove(string storeDirectory, string projectFile)
    {
        var records = new ModelRecords(storeDirectory);
        var all = records.All();
        var own = all.Where(record => record.ProjectFile == projectFile).ToList();
        var others = Fingerprints(all.Except(own));
        var mine = Fingerprints(own);

        using var store = new ModelStore(storeDirectory);
        var folders = StoredFolder.All(storeDirectory).Where(folder => mine.Overlaps(NamesOf(folder))).ToList();
        var candidates = folders.Where(folder => !others.Overlaps(NamesOf(folder))).ToList();
        var removed = candidates.Where(store.TryRemove).ToList();
        own.ForEach(records.Remove);
        return (removed, folders.Count - candidates.Count, candidates.Count - removed.Count);
    }

    /// <summary>What records call a folder: hidden states go by the trainings that used them.</summary>
    private static IReadOnlyList<string> NamesOf(StoredFolder folder) => folder.Kind == StoredFolder.HiddenStates ? HiddenStatesUses.Of(folder.Directory) : [folder.Fingerprint];

    private static HashSet<string> Fingerprints(IEnumerable<ModelRecord> records)
        => [.. records.SelectMany(record => record.Fingerprints).SelectMany(pair => new[] { pair.Training, pair.Export })];
}
