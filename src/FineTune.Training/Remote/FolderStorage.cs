namespace FineTune.Training.Remote;

/// <summary>A folder, such as a share of the network, as a remote cache. File systems answer late or never where a network is behind them, so every call runs on a thread of its own.</summary>
/// <param name="root">The folder; it must exist: a share that is not mounted must not be taken for an empty one.</param>
internal sealed class FolderStorage(string root) : IRemoteStorage
{
    public string Name => root;

    public Task<RemoteContent?> OpenAsync(string path, CancellationToken cancellation) => Guard(() =>
    {
        if (Find(path) is not { } file)
        {
            return null;
        }

        var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return new RemoteContent(stream, stream.Length);
    });

    public Task<long?> FindSizeAsync(string path, CancellationToken cancellation) => Guard(() => Find(path)?.Length);

    public Task WriteAsync(string path, Stream content, long size, CancellationToken cancellation) => Guard(() =>
    {
        RequireRoot();
        var destination = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var temporary = $"{destination}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = File.Create(temporary))
            {
                content.CopyTo(file);
            }

            cancellation.ThrowIfCancellationRequested();
            File.Move(temporary, destination, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return true;
    });

    public void Dispose()
    {
    }

    private static async Task<T> Guard<T>(Func<T> action)
    {
        try
        {
            return await Task.Run(action).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RemoteCacheException($"cannot be used: {exception.Message}", innerException: exception);
        }
    }

    private string PathOf(string path) => Path.Combine([root, .. path.Split('/')]);

    private FileInfo? Find(string path)
    {
        RequireRoot();
        var file = new FileInfo(PathOf(path));
        return file.Exists ? file : null;
    }

    private void RequireRoot()
    {
        if (!Directory.Exists(root))
        {
            throw new RemoteCacheException("does not exist, or is not mounted");
        }
    }
}
