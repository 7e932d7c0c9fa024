namespace FineTune.Tool.Commands;

/// <summary>A finished entry of the store as it lies on disk (the layout is described in docs/architecture.md).</summary>
/// <param name="Directory">The entry's folder.</param>
/// <param name="Kind"><c>training</c> or <c>models</c>.</param>
/// <param name="Bytes">The size of its files.</param>
/// <param name="Added">When it was stored.</param>
internal sealed record StoredFolder(string Directory, string Kind, long Bytes, DateTime Added)
{
    public const string Training = "training";
    private const string Models = "models";
    private const string Layout = "v1";
    private const string EntryFile = "entry.json";

    public string Fingerprint => Path.GetFileName(Directory);

    /// <summary>Every entry, the newest first.</summary>
    public static IReadOnlyList<StoredFolder> All(string storeDirectory) =>
    [
        .. from kind in new[] { Training, Models }
           let parent = Path.Combine(storeDirectory, Layout, kind)
           where System.IO.Directory.Exists(parent)
           from directory in System.IO.Directory.GetDirectories(parent)
           let entry = new FileInfo(Path.Combine(directory, EntryFile))
           where entry.Exists
           let bytes = new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
           orderby entry.LastWriteTimeUtc descending
           select new StoredFolder(directory, kind, bytes, entry.LastWriteTimeUtc),
    ];

    /// <summary>Deletes the entry: first the file that makes it one, so that an interrupted deletion leaves no half entry.</summary>
    public void Delete()
    {
        File.Delete(Path.Combine(Directory, EntryFile));
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
