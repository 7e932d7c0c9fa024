namespace FineTune.Core.Store;

/// <summary>A finished entry of the store, or the checkpoints of an unfinished training, as they lie on disk (docs/store.md describes the layout).</summary>
/// <param name="Directory">The entry's folder.</param>
/// <param name="Kind"><see cref="Training"/>, <see cref="Models"/>, <see cref="HiddenStates"/> or <see cref="Checkpoints"/>.</param>
/// <param name="Bytes">The size of its files.</param>
/// <param name="Added">When it was stored.</param>
/// <param name="Used">When it was used last, to the day; for checkpoints, when the last one was saved.</param>
internal sealed record StoredFolder(string Directory, string Kind, long Bytes, DateTime Added, DateTime Used)
{
    public const string Training = "training";
    public const string Models = "models";
    public const string HiddenStates = "hidden-states";
    public const string Checkpoints = "checkpoints";

    public string Fingerprint => Path.GetFileName(Directory);

    /// <summary>Whether it is finished, so that its files have hashes.</summary>
    public bool IsEntry => Kind != Checkpoints;

    /// <summary>Whether a remote cache takes it. Hidden states are large, and made anew in less time than a network needs for them.</summary>
    public bool IsShared => Kind is Training or Models;

    /// <summary>Every entry and every unfinished training, the one used last first.</summary>
    public static IReadOnlyList<StoredFolder> All(string storeDirectory) =>
    [
        .. new[] { Training, Models, HiddenStates, Checkpoints }
            .Select(kind => (Kind: kind, Parent: Path.Combine(storeDirectory, ModelStore.LayoutVersion, kind)))
            .Where(place => System.IO.Directory.Exists(place.Parent))
            .SelectMany(place => System.IO.Directory.GetDirectories(place.Parent).Select(directory => Read(directory, place.Kind)))
            .OfType<StoredFolder>()
            .OrderByDescending(folder => folder.Used),
    ];

    /// <summary>Which of <paramref name="folders"/> have to go: those used longer ago than <paramref name="maxAge"/>, and then the ones used longest ago until the rest is no more than <paramref name="maxBytes"/>.</summary>
    public static IReadOnlyList<StoredFolder> ToPrune(IEnumerable<StoredFolder> folders, TimeSpan? maxAge, long? maxBytes, DateTime now)
    {
        var pruned = new List<StoredFolder>();
        var longestUnused = folders.OrderBy(folder => folder.Used).ToList();
        var kept = longestUnused.Sum(folder => folder.Bytes);
        foreach (var folder in longestUnused)
        {
            if (now - folder.Used >= maxAge || kept > maxBytes)
            {
                pruned.Add(folder);
                kept -= folder.Bytes;
            }
        }

        return pruned;
    }

    /// <summary>What lies in a folder; <see langword="null"/> for what is no entry, or goes away while it is looked at.</summary>
    private static StoredFolder? Read(string directory, string kind)
    {
        try
        {
            var files = new DirectoryInfo(directory).GetFiles("*", SearchOption.AllDirectories);
            var list = files.FirstOrDefault(file => file.FullName == Path.Combine(directory, StoreEntryList.FileName));
            if (files.Length == 0 || (list is null && kind != Checkpoints))
            {
                return null;
            }

            var added = files.Where(file => file != list && file.Extension != HiddenStatesUses.Extension).Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(files[0].LastWriteTimeUtc).Max();
            return new StoredFolder(directory, kind, files.Sum(file => file.Length), added, list?.LastWriteTimeUtc ?? added);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
