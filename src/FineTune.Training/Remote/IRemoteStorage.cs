namespace FineTune.Training.Remote;

/// <summary>Files by path, as every HTTP server with GET, HEAD and PUT has them. Paths have forward slashes and consist of letters and digits.</summary>
internal interface IRemoteStorage : IDisposable
{
    /// <summary>What messages call it; without secrets.</summary>
    string Name { get; }

    /// <summary>Opens a file, or returns <see langword="null"/> when there is none.</summary>
    /// <exception cref="RemoteCacheException">The storage cannot be used.</exception>
    Task<RemoteContent?> OpenAsync(string path, CancellationToken cancellation);

    /// <summary>The size of a file, -1 when the storage does not say, <see langword="null"/> when there is no such file.</summary>
    /// <exception cref="RemoteCacheException">The storage cannot be used.</exception>
    Task<long?> FindSizeAsync(string path, CancellationToken cancellation);

    /// <summary>Writes a file so that others find the whole of it or what was there before.</summary>
    /// <exception cref="RemoteCacheException">The storage cannot be used, or must not be written.</exception>
    Task WriteAsync(string path, Stream content, long size, CancellationToken cancellation);
}
