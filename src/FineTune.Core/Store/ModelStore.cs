using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;

namespace FineTune.Core.Store;

/// <summary>
/// Finished trainings and models by fingerprint, shared by all projects of a user. An entry is written to a temporary folder, completed by
/// <c>entry.json</c> and renamed, so whatever is found is whole; its files are checked against their hashes each time. What was found or added stays until the
/// store is disposed of, even when another process prunes it meanwhile.
/// </summary>
public sealed class ModelStore : IDisposable
{
    // The store's layout; a release with another one starts afresh beside it.
    internal const string LayoutVersion = "v1";

    private const string LockExtension = ".lock";
    private const int MoveAttempts = 5;

    private static readonly TimeSpan UseIsRecordedEvery = TimeSpan.FromDays(1);

    private readonly string _trainings;
    private readonly string _models;
    private readonly string _hiddenStates;
    private readonly string _checkpoints;
    private readonly TemporaryFolders _temporary;
    private readonly string _locks;

    private readonly EntryUses _uses = new();

    /// <summary>Opens the store; folders are made when the first entry is added.</summary>
    /// <param name="root">The store's folder, absolute.</param>
    public ModelStore(string root)
    {
        Root = root;
        var layout = Path.Combine(root, LayoutVersion);
        _trainings = Path.Combine(layout, StoredFolder.Training);
        _models = Path.Combine(layout, StoredFolder.Models);
        _hiddenStates = Path.Combine(layout, StoredFolder.HiddenStates);
        _checkpoints = Path.Combine(layout, StoredFolder.Checkpoints);
        _temporary = new TemporaryFolders(Path.Combine(layout, "tmp"));
        _locks = Path.Combine(layout, "locks");
        Hashes = new ContentHashIndex(Path.Combine(layout, "hashes.index"));
    }

    /// <summary>
    /// The user's store: <c>FINETUNE_CACHE_DIRECTORY</c>, else <c>finetune</c> in <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, on Windows in the local application data.
    /// </summary>
    public static string DefaultDirectory
    {
        get
        {
            if (Environment.GetEnvironmentVariable("FINETUNE_CACHE_DIRECTORY") is { Length: > 0 } directory)
            {
                return Path.GetFullPath(directory);
            }

            if (Path.DirectorySeparatorChar == '\\')
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "finetune");
            }
            // The XDG specification says that a relative path is to be ignored.
            var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
            return Path.Combine(caches, "finetune");
        }
    }

    /// <summary>The store that a user's setting names, a path that is relative to <paramref name="baseDirectory"/>; <see cref="DefaultDirectory"/> when there is none.</summary>
    internal static string Locate(string? setting, string baseDirectory)
        => string.IsNullOrWhiteSpace(setting) ? DefaultDirectory : Path.GetFullPath(Path.Combine(baseDirectory, setting!));

    /// <summary>The store's folder.</summary>
    public string Root { get; }

    /// <summary>Whether what is found counts as used; not when somebody only looks.</summary>
    internal bool RecordsUses { get; init; } = true;

    /// <summary>What is known of the hashes of stored files.</summary>
    internal ContentHashIndex Hashes { get; }

    /// <summary>Is told about entries that turned out to be damaged.</summary>
    public Action<Diagnostic>? Report { get; init; }

    /// <summary>The training of a fingerprint, or <see langword="null"/>; a damaged one is removed and reported.</summary>
    public StoreEntry? FindTraining(string fingerprint) => Find(_trainings, fingerprint);

    /// <summary>The model of a fingerprint, or <see langword="null"/>; a damaged one is removed and reported.</summary>
    public StoreEntry? FindModel(string fingerprint) => Find(_models, fingerprint);

    /// <summary>The hidden states of a fingerprint, or <see langword="null"/>; damaged ones are removed and reported.</summary>
    internal StoreEntry? FindHiddenStates(string fingerprint) => Find(_hiddenStates, fingerprint);

    /// <summary>The entry in a folder, or <see langword="null"/>; a damaged one is removed and reported.</summary>
    internal StoreEntry? Find(StoredFolder folder) => folder.IsEntry ? Find(Path.GetDirectoryName(folder.Directory)!, folder.Fingerprint) : null;

    /// <summary>Adds a training; when another process added it in the meantime, that one is used.</summary>
    /// <param name="fingerprint">The training fingerprint.</param>
    /// <param name="writeIntoFolder">Writes the files into an empty folder.</param>
    /// <exception cref="FineTuneException">FT6001, FT6002 or FT6003: the store cannot be written.</exception>
    public StoreEntry AddTraining(string fingerprint, Action<string> writeIntoFolder) => Add(_trainings, fingerprint, writeIntoFolder);

    /// <summary>Adds a model; when another process added it in the meantime, that one is used.</summary>
    /// <param name="fingerprint">The export fingerprint.</param>
    /// <param name="writeIntoFolder">Writes the files into an empty folder.</param>
    /// <exception cref="FineTuneException">FT6001, FT6002 or FT6003: the store cannot be written.</exception>
    public StoreEntry AddModel(string fingerprint, Action<string> writeIntoFolder) => Add(_models, fingerprint, writeIntoFolder);

    /// <summary>Adds what frozen layers compute; when another process added it in the meantime, that one is used.</summary>
    /// <param name="fingerprint">The fingerprint of all that it depends on.</param>
    /// <param name="writeIntoFolder">Writes the files into an empty folder.</param>
    /// <exception cref="FineTuneException">FT6001, FT6002 or FT6003: the store cannot be written.</exception>
    internal StoreEntry AddHiddenStates(string fingerprint, Action<string> writeIntoFolder) => Add(_hiddenStates, fingerprint, writeIntoFolder);

    /// <summary>What all hidden states take, in bytes.</summary>
    internal long HiddenStatesBytes => AllHiddenStates().Sum(folder => folder.Bytes);

    /// <summary>Removes the hidden states that were used longest ago, and that nobody uses now, until all of them take no more than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The store cannot be written.</exception>
    internal void PruneHiddenStates(long maxBytes)
    {
        foreach (var folder in StoredFolder.ToPrune(AllHiddenStates(), maxAge: null, maxBytes, DateTime.UtcNow))
        {
            TryRemove(folder);
        }
    }

    /// <summary>The folder for the checkpoints of a training that is not finished; it exists while there are any.</summary>
    /// <param name="fingerprint">The training fingerprint.</param>
    public string CheckpointDirectory(string fingerprint) => DirectoryOf(_checkpoints, fingerprint);

    /// <summary>
    /// Waits until no other process works on a training, and keeps others away from it until the result is disposed of: what one process trains, the others then
    /// find. Ask the store again afterwards.
    /// </summary>
    /// <param name="fingerprint">The training fingerprint.</param>
    /// <param name="waiting">Is told, once, for whom this process waits, if that is known.</param>
    /// <param name="cancellation">Ends the waiting at once.</param>
    /// <exception cref="FineTuneException">FT6001 or FT6003: the store cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    internal IDisposable LockTraining(string fingerprint, Action<LockHolder?> waiting, CancellationToken cancellation)
    {
        try
        {
            return FileLock.Acquire(LockOf(fingerprint), waiting, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(exception);
        }
    }

    /// <summary>
    /// Takes an entry, or the checkpoints of a training, out of the store: in one step, so that nobody finds half of it. Returns <see langword="false"/> when somebody uses
    /// it, or it is gone already.
    /// </summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The store cannot be written.</exception>
    internal bool TryRemove(StoredFolder folder)
    {
        // Models have no lock of their own, only that of their training, which need not be known; hidden states belong to many trainings.
        var isLocked = folder.Kind is StoredFolder.Training or StoredFolder.Checkpoints;
        using var training = isLocked ? FileLock.TryAcquire(LockOf(folder.Fingerprint)) : null;
        if (isLocked && training is null)
        {
            return false;
        }

        try
        {
            using var exclusive = folder.IsEntry ? EntryUses.Exclude(folder.Directory) : null;
            return Remove(folder.Directory);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException || (exception is IOException io && FileLock.IsHeld(io)))
        {
            return false;
        }
    }

    /// <summary>Removes what ended processes left behind: unfinished entries, and locks that nobody holds; and what is remembered of projects that are long gone.</summary>
    internal void RemoveLeftovers()
    {
        _temporary.DeleteAbandoned();
        new ModelRecords(Root).RemoveForgotten(DateTime.UtcNow);
        foreach (var path in Directory.Exists(_locks) ? Directory.GetFiles(_locks, "*" + LockExtension) : [])
        {
            FileLock.Remove(path);
        }
    }

    /// <summary>Notes that an entry is used, at most once a day, in the time of its list: pruning goes by it. A store that cannot be written notes nothing.</summary>
    /// <param name="entryDirectory">The entry's folder.</param>
    internal static void RecordUse(string entryDirectory)
    {
        var list = Path.Combine(entryDirectory, StoreEntryList.FileName);
        try
        {
            if (File.Exists(list) && DateTime.UtcNow - File.GetLastWriteTimeUtc(list) > UseIsRecordedEvery)
            {
                File.SetLastWriteTimeUtc(list, DateTime.UtcNow);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A shared store that only some may write is pruned by those who may, and by what they use.
        }
    }

    /// <summary>Gives up the entries that were found and added: from now on they may be pruned.</summary>
    public void Dispose() => _uses.Dispose();

    /// <summary>Gives up one entry before the others: from now on it may be pruned.</summary>
    internal void EndUse(string directory) => _uses.End(directory);

    private IEnumerable<StoredFolder> AllHiddenStates() => StoredFolder.All(Root).Where(folder => folder.Kind == StoredFolder.HiddenStates);

    private string LockOf(string fingerprint) => DirectoryOf(_locks, fingerprint) + LockExtension;

    private StoreEntry? Find(string kind, string fingerprint)
    {
        var directory = DirectoryOf(kind, fingerprint);
        if (!Directory.Exists(directory) || !_uses.TryBegin(directory))
        {
            return null;
        }

        var entry = Verify(directory, fingerprint, out var damage);
        if (entry is null)
        {
            _uses.End(directory);
            MoveAside(directory);
            Report?.Invoke(StoreDiagnostics.DamagedEntry.With($"The store entry '{directory}' was damaged ({damage}) and is made again."));
        }
        else if (RecordsUses)
        {
            RecordUse(directory);
        }

        Hashes.Save();
        return entry;
    }

    private bool Remove(string directory)
    {
        var aside = _temporary.NewPath();
        try
        {
            Directory.Move(directory, aside);
        }
        catch (IOException) when (Path.DirectorySeparatorChar == '\\')
        {
            return false;
        }

        TemporaryFolders.DeleteIfPossible(aside);
        return true;
    }

    private static string DirectoryOf(string kind, string fingerprint) => ContentHash.IsHash(fingerprint)
        ? Path.Combine(kind, fingerprint)
        : throw new ArgumentException($"'{fingerprint}' is not a fingerprint.", nameof(fingerprint));

    private StoreEntry? Verify(string directory, string fingerprint, out string damage)
    {
        try
        {
            var (listed, files) = StoreEntryList.Read(File.ReadAllText(Path.Combine(directory, StoreEntryList.FileName)));
            damage = listed == fingerprint
                ? files.Select(file => DamageOf(directory, file.Key, file.Value)).FirstOrDefault(found => found is not null) ?? ""
                : "it is the entry of another fingerprint";
            return damage.Length == 0 ? EntryOf(directory, fingerprint, files) : null;
        }
        catch (Exception exception) when (exception is FineTuneException or FileNotFoundException or DirectoryNotFoundException)
        {
            damage = exception.Message;
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be read may be whole, so it is not thrown away.
            throw EntryUses.NotReadable(directory, exception);
        }
    }

    private static StoreEntry EntryOf(string directory, string fingerprint, IReadOnlyDictionary<string, StoreEntryFile> files) => new()
    {
        Directory = directory,
        Fingerprint = fingerprint,
        Files = files.ToDictionary(file => file.Key, file => file.Value.Hash, StringComparer.Ordinal),
    };

    private string? DamageOf(string directory, string relative, StoreEntryFile expected)
    {
        var file = new FileInfo(Path.Combine(directory, relative));
        if (!file.Exists)
        {
            return $"'{relative}' is missing";
        }

        if (file.Length != expected.Size)
        {
            return $"'{relative}' has {file.Length} bytes instead of {expected.Size}";
        }

        return Hashes.GetFileHash(file.FullName) == expected.Hash ? null : $"the content of '{relative}' has changed";
    }

    private StoreEntry Add(string kind, string fingerprint, Action<string> writeIntoFolder)
    {
        var destination = DirectoryOf(kind, fingerprint);
        var folder = CreateTemporaryFolder(kind);
        try
        {
            writeIntoFolder(folder);
            var files = FilesOf(folder);
            File.WriteAllText(Path.Combine(folder, StoreEntryList.FileName), StoreEntryList.Write(fingerprint, files));
            return Publish(folder, destination, fingerprint, files);
        }
        catch (Exception exception) when (IsDiskFull(exception))
        {
            throw DiskFull(exception);
        }
        finally
        {
            TemporaryFolders.DeleteIfPossible(folder);
        }
    }

    private string CreateTemporaryFolder(string kind)
    {
        try
        {
            Directory.CreateDirectory(kind);
            return _temporary.Create();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(exception);
        }
    }

    private FineTuneException NotWritable(Exception exception) => IsDiskFull(exception)
        ? DiskFull(exception)
        : StoreDiagnostics.StoreNotWritable.Exception($"The model store '{Root}' cannot be written: {exception.Message} Give the build a writable folder with FineTuneCacheDirectory or FINETUNE_CACHE_DIRECTORY.", innerException: exception);

    private static Dictionary<string, StoreEntryFile> FilesOf(string folder) => Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(
            path => path.Substring(folder.Length + 1).Replace(Path.DirectorySeparatorChar, '/'),
            path => new StoreEntryFile(new FileInfo(path).Length, ContentHash.OfFile(path)),
            StringComparer.Ordinal);

    private StoreEntry Publish(string folder, string destination, string fingerprint, IReadOnlyDictionary<string, StoreEntryFile> files)
    {
        for (var attempt = 1; ; attempt++)
        {
            // What stands in the way is another process's finished entry, or a damaged one that Find moves aside.
            if (Find(Path.GetDirectoryName(destination)!, fingerprint) is { } finished)
            {
                return finished;
            }

            try
            {
                if (_uses.Move(folder, destination))
                {
                    return EntryOf(destination, fingerprint, files);
                }

                throw new IOException("It was pruned at once.");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !IsDiskFull(exception))
            {
                if (attempt == MoveAttempts)
                {
                    throw StoreDiagnostics.EntryNotStored.Exception($"The finished entry cannot be moved to '{destination}': {exception.Message} Delete that folder, or see which program holds it open.", innerException: exception);
                }
                // Virus scanners hold new files open for a moment, and Windows renames no folder with open files.
                Thread.Sleep(50 * attempt);
            }
        }
    }

    private void MoveAside(string directory)
    {
        try
        {
            Remove(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process moved it first, or the store is read-only: either way it is not found, and adding it again says what is wrong.
        }
    }

    private FineTuneException DiskFull(Exception exception) => StoreDiagnostics.DiskFull.Exception(
        $"There is no space left for the model store '{Root}'. Free some, or set FINETUNE_CACHE_DIRECTORY to a folder on another disk.", innerException: exception);

    private static bool IsDiskFull(Exception exception)
    {
        const int linuxNoSpace = 28, linuxQuota = 122, macQuota = 69, windowsDiskFull = 112, windowsHandleDiskFull = 39;
        if (exception is not IOException)
        {
            return false;
        }

        return Path.DirectorySeparatorChar == '\\'
            ? (exception.HResult & 0xFFFF) is windowsDiskFull or windowsHandleDiskFull
            : exception.HResult is linuxNoSpace or linuxQuota or macQuota;
    }
}
