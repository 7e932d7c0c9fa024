using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;
using FineTune.Training.Pipeline;

namespace FineTune.Training.Remote;

/// <summary>
/// The store of a team: entries by fingerprint in <c>ac/</c>, their files by hash in <c>cas/</c>, as Bazel's cache servers and any WebDAV server keep them. What it
/// lacks, or does not give in time, is trained: nothing here ever fails a run. After the first failure it is left alone.
/// </summary>
/// <param name="storage">Where the files are.</param>
/// <param name="mode">Whether it is written too.</param>
/// <param name="limits">How long to wait.</param>
/// <param name="report">Receives warnings and remarks.</param>
/// <param name="progress">Receives what is going on, for people.</param>
internal sealed class RemoteCache(IRemoteStorage storage, RemoteCacheMode mode, RemoteLimits limits, Action<Diagnostic> report, Action<string> progress) : IDisposable
{
    private const int MostIndexBytes = 1 << 20;
    private const int MostFiles = 1000;
    private const long MostFileBytes = 1L << 50;

    private static readonly string[] FilesOfModel = [ModelArtifact.PackageFile, ModelArtifact.MetricsFile];
    private static readonly string[] FilesOfTraining = [$"{TrainingArtifact.HuggingFaceDirectory}/config.json"];

    // What is there, but not whole, is replaced by the next upload.
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private bool _isGivenUp;

    /// <summary>Prepares the cache of some settings; nothing is connected yet. <see langword="null"/> without settings.</summary>
    /// <exception cref="FineTuneException">FT6010: the credentials in the environment cannot be used.</exception>
    public static RemoteCache? Open(RemoteCacheSettings? settings, Action<Diagnostic> report, Action<string> progress)
    {
        if (settings is null)
        {
            return null;
        }

        IRemoteStorage storage = settings.IsHttp
            ? new HttpStorage(settings.Address, HttpCredentials.For(new Uri(settings.Address).Host, Environment.GetEnvironmentVariable), RemoteLimits.Default)
            : new FolderStorage(settings.Address);
        return new RemoteCache(storage, settings.Mode, RemoteLimits.Default, report, progress);
    }

    /// <summary>Brings a model into the store; <see langword="null"/> when the cache does not have it, or not in time.</summary>
    /// <exception cref="FineTuneException">The store cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public StoreEntry? FetchModel(ModelStore store, string fingerprint, CancellationToken cancellation) => Fetch(fingerprint, FilesOfModel, store.AddModel, cancellation);

    /// <summary>Brings a training into the store; <see langword="null"/> when the cache does not have it, or not in time.</summary>
    /// <exception cref="FineTuneException">The store cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public StoreEntry? FetchTraining(ModelStore store, string fingerprint, CancellationToken cancellation) => Fetch(fingerprint, FilesOfTraining, store.AddTraining, cancellation);

    /// <summary>Puts an entry into the cache, if the mode allows it and the cache lacks it. A failure is a warning.</summary>
    /// <returns>Whether the cache has the entry now.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public bool Upload(StoreEntry entry, CancellationToken cancellation)
    {
        if (mode != RemoteCacheMode.ReadWrite || _isGivenUp)
        {
            return false;
        }

        try
        {
            Run(budget => UploadAsync(entry, budget), cancellation);
            return true;
        }
        catch (RemoteCacheException exception)
        {
            _isGivenUp = true;
            report(StoreDiagnostics.NotUploaded.With($"The model was not put into the remote cache: {storage.Name} {exception.Message}. It is in the store."));
            return false;
        }
    }

    public void Dispose() => storage.Dispose();

    private StoreEntry? Fetch(string fingerprint, string[] needed, Func<string, Action<string>, StoreEntry> add, CancellationToken cancellation)
    {
        if (_isGivenUp)
        {
            return null;
        }

        try
        {
            progress($"asking the remote cache {storage.Name}");
            if (Run(budget => ReadIndexAsync(fingerprint, needed, budget), cancellation) is not { } files)
            {
                return null;
            }

            var bytes = files.Values.Sum(file => file.Size);
            progress($"fetching {bytes / 1e6:0.0} MB from the remote cache {storage.Name}");
            var entry = add(fingerprint, folder => Run(budget => DownloadAsync(files, folder, budget), cancellation));
            report(StoreDiagnostics.Downloaded.With($"{fingerprint[..12]}…, {bytes / 1e6:0.0} MB, came from the remote cache {storage.Name}."));
            return entry;
        }
        catch (RemoteDamageException exception)
        {
            _damaged.Add(fingerprint);
            report(StoreDiagnostics.RemoteEntryDamaged.With($"The entry {fingerprint} of the remote cache {storage.Name} is damaged and is not used: {exception.Message}."));
            return null;
        }
        catch (RemoteCacheException exception)
        {
            _isGivenUp = true;
            report(StoreDiagnostics.RemoteCacheUnusable.With($"The remote cache {storage.Name} {exception.Message}. The build goes on without it."));
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, StoreEntryFile>?> ReadIndexAsync(string fingerprint, string[] needed, CancellationToken budget)
    {
        var document = await TwiceAsync(async () =>
        {
            using var content = await InTime(answer => storage.OpenAsync(IndexPath(fingerprint), answer), limits.Response, budget).ConfigureAwait(false);
            return content is null ? null : await BlobTransfer.ReadAsync(content, MostIndexBytes, limits, budget).ConfigureAwait(false);
        }, budget).ConfigureAwait(false);
        return document is null ? null : ParseIndex(Encoding.UTF8.GetString(document), fingerprint, needed);
    }

    /// <summary>The files of an index, which may be anything: names that lead out of the folder, for one.</summary>
    private static IReadOnlyDictionary<string, StoreEntryFile> ParseIndex(string json, string fingerprint, string[] needed)
    {
        (string Fingerprint, IReadOnlyDictionary<string, StoreEntryFile> Files) index;
        try
        {
            index = StoreEntryList.Read(json);
        }
        catch (FineTuneException)
        {
            throw new RemoteDamageException("its index is not one of ours");
        }

        if (index.Fingerprint != fingerprint)
        {
            throw new RemoteDamageException("its index is the one of another entry");
        }

        return index.Files.Count <= MostFiles && index.Files.All(file => IsFileName(file.Key) && file.Value.Size is >= 0 and <= MostFileBytes && ContentHash.IsHash(file.Value.Hash)) && needed.All(index.Files.ContainsKey)
            ? index.Files
            : throw new RemoteDamageException("its index lists files that no entry has, or lacks some");
    }

    private static bool IsFileName(string relative)
    {
        const int mostCharacters = 200;
        return relative.Length <= mostCharacters
            && relative != StoreEntryList.FileName
            && relative.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_')
            && relative.Split('/').All(part => part.Length > 0 && !part.StartsWith('.') && !part.EndsWith('.'));
    }

    private async Task<bool> DownloadAsync(IReadOnlyDictionary<string, StoreEntryFile> files, string folder, CancellationToken budget)
    {
        foreach (var (name, file) in files)
        {
            var path = Path.Combine([folder, .. name.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await TwiceAsync(() => DownloadAsync(file, path, budget), budget).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<bool> DownloadAsync(StoreEntryFile file, string path, CancellationToken budget)
    {
        await using var destination = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        if (file.Size == 0)
        {
            return file.Hash == ContentHash.OfBytes([]) ? true : throw new RemoteDamageException("its index gives an empty file the hash of another one");
        }

        using var content = await InTime(answer => storage.OpenAsync(BlobPath(file.Hash), answer), limits.Response, budget).ConfigureAwait(false)
            ?? throw new RemoteDamageException("one of its files is missing");
        await BlobTransfer.CopyAsync(content, destination, file.Size, file.Hash, limits, budget).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> UploadAsync(StoreEntry entry, CancellationToken budget)
    {
        var isDamaged = _damaged.Contains(entry.Fingerprint);
        // The first one wins: entries of one fingerprint are equal for those who use them, also when other machines computed other bytes.
        if (!isDamaged && await InTime(answer => storage.FindSizeAsync(IndexPath(entry.Fingerprint), answer), limits.Response, budget).ConfigureAwait(false) is not null)
        {
            return true;
        }

        var bytes = entry.Files.Keys.Sum(name => new FileInfo(entry.PathOf(name)).Length);
        progress($"putting {bytes / 1e6:0.0} MB into the remote cache {storage.Name}");
        foreach (var (name, hash) in entry.Files.DistinctBy(file => file.Value))
        {
            await UploadFileAsync(entry.PathOf(name), BlobPath(hash), replace: isDamaged, budget).ConfigureAwait(false);
        }

        // The index last: whoever finds it finds the files.
        await UploadFileAsync(Path.Combine(entry.Directory, StoreEntryList.FileName), IndexPath(entry.Fingerprint), replace: true, budget).ConfigureAwait(false);
        return true;
    }

    private async Task UploadFileAsync(string file, string path, bool replace, CancellationToken budget)
    {
        var size = new FileInfo(file).Length;
        if (size == 0 || (!replace && await InTime(answer => storage.FindSizeAsync(path, answer), limits.Response, budget).ConfigureAwait(false) == size))
        {
            return;
        }

        await TwiceAsync(() => InTime(async slow =>
        {
            await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
            await storage.WriteAsync(path, content, size, slow).ConfigureAwait(false);
            return true;
        }, limits.Response + limits.Window + TimeSpan.FromSeconds((double)size / limits.MinimumBytesPerSecond), budget), budget).ConfigureAwait(false);
    }

    private static string IndexPath(string fingerprint) => $"ac/{fingerprint}";

    private static string BlobPath(string hash) => $"cas/{hash}";

    /// <summary>Runs asynchronous work to its end, within the budget of one phase.</summary>
    private T Run<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        budget.CancelAfter(limits.Budget);
        try
        {
            return work(budget.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new RemoteCacheException($"took longer than {limits.Budget.TotalSeconds:0.#} s in all", innerException: exception);
        }
    }

    /// <summary>Gives a call so much time, also when it does not listen to its cancellation.</summary>
    private static async Task<T> InTime<T>(Func<CancellationToken, Task<T>> call, TimeSpan time, CancellationToken budget)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(budget);
        timer.CancelAfter(time);
        try
        {
            return await call(timer.Token).WaitAsync(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!budget.IsCancellationRequested)
        {
            throw new RemoteCacheException($"did not answer within {time.TotalSeconds:0.#} s", innerException: exception);
        }
    }

    /// <summary>Repeats once what failed at once: a training takes longer than a second.</summary>
    private async Task<T> TwiceAsync<T>(Func<Task<T>> action, CancellationToken budget)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (RemoteCacheException exception) when (exception.IsTransient)
        {
            await Task.Delay(limits.RetryAfter, budget).ConfigureAwait(false);
            return await action().ConfigureAwait(false);
        }
    }
}
