namespace FineTune.Tool.Commands;

/// <summary>A finished entry of the store, or the checkpoints of an unfinished training, as they lie on disk (the layout is described in docs/architecture.md).</summary>
/// <param name="Directory">The entry's folder.</param>
/// <param name="Kind"><c>training</c>, <c>models</c> or <c>checkpoints</c>.</param>
/// <param name="Bytes">The size of its files.</param>
/// <param name="Added">When it was stored.</param>
internal sealed record StoredFolder(string Directory, string Kind, long Bytes, DateTime Added)
{
    public const string Training = "training";
    public const string Checkpoints = "checkpoints";
    private const string Models = "models";
    private const string Layout = "v1";
    private const string EntryFile = "entry.json";

    public string Fingerprint => Path.GetFileName(Directory);

    /// <summary>Every entry and every unfinished training, the newest first.</summary>
    public static IReadOnlyList<StoredFolder> All(string storeDirectory) =>
    [
        .. from kind in new[] { Training, Models, Checkpoints }
           let parent = Path.Combine(storeDirectory, Layout, kind)
           where System.IO.Directory.Exists(parent)
           from directory in System.IO.Directory.GetDirectories(parent)
           where kind == Checkpoints || File.Exists(Path.Combine(directory, EntryFile))
           let files = new DirectoryInfo(directory).GetFiles("*", SearchOption.AllDirectories)
           where files.Length > 0
           let added = files.Max(file => file.LastWriteTimeUtc)
           orderby added descending
           select new StoredFolder(directory, kind, files.Sum(file => file.Length), added),
    ];

    /// <summary>Deletes the entry: first the file that makes it one, so that an interrupted deletion leaves no half entry.</summary>
    public void Delete()
    {
        File.Delete(Path.Combine(Directory, EntryFile));
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
