using System.Diagnostics;
using System.Security.Cryptography;

namespace FineTune.Training.Remote;

/// <summary>Copies what a remote cache sends, and believes none of it: not its length, not its content, and not that it ever ends.</summary>
internal static class BlobTransfer
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Copies exactly <paramref name="size"/> bytes whose hash is <paramref name="sha256"/>.</summary>
    /// <exception cref="RemoteDamageException">There are more or fewer bytes, or others.</exception>
    /// <exception cref="RemoteCacheException">They come too slowly, or the connection broke.</exception>
    public static async Task CopyAsync(RemoteContent content, Stream destination, long size, string sha256, RemoteLimits limits, CancellationToken cancellation)
    {
        if (content.Length is { } announced && announced != size)
        {
            throw new RemoteDamageException($"a file has {announced} bytes instead of {size}");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var copied = await CopyAsync(content.Stream, size, limits, async bytes =>
        {
            hash.AppendData(bytes.Span);
            await destination.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
        if (copied != size)
        {
            throw new RemoteDamageException($"a file ends after {copied} of {size} bytes");
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
        {
            throw new RemoteDamageException($"the content of the file {sha256[..12]}… has changed");
        }
    }

    /// <summary>Reads all of a document that is no longer than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="RemoteDamageException">It is longer.</exception>
    /// <exception cref="RemoteCacheException">It comes too slowly, or the connection broke.</exception>
    public static async Task<byte[]> ReadAsync(RemoteContent content, long maxBytes, RemoteLimits limits, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        await CopyAsync(content.Stream, maxBytes, limits, bytes =>
        {
            buffer.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }, cancellation).ConfigureAwait(false);
        return buffer.ToArray();
    }

    private static async Task<long> CopyAsync(Stream source, long maxBytes, RemoteLimits limits, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellation)
    {
        // Not a pooled one: a read that was given up may still write into it.
        var buffer = new byte[BufferBytes];
        long copied = 0, copiedInWindow = 0;
        var window = Stopwatch.StartNew();
        while (await ReadAsync(source, buffer, limits, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            copied += read;
            copiedInWindow += read;
            if (copied > maxBytes)
            {
                throw new RemoteDamageException($"a file has more than the {maxBytes} bytes that were announced");
            }

            await write(buffer.AsMemory(0, read)).ConfigureAwait(false);
            if (window.Elapsed >= limits.Window)
            {
                if (copiedInWindow < limits.MinimumBytesPerSecond * window.Elapsed.TotalSeconds)
                {
                    throw new RemoteCacheException($"is too slow: {copiedInWindow / window.Elapsed.TotalSeconds / 1000:0.0} kB/s");
                }

                copiedInWindow = 0;
                window.Restart();
            }
        }

        return copied;
    }

    private static async Task<int> ReadAsync(Stream source, byte[] buffer, RemoteLimits limits, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation).AsTask().WaitAsync(limits.Window, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new RemoteCacheException($"sent nothing for {limits.Window.TotalSeconds:0.#} s", innerException: exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new RemoteCacheException($"broke the connection off: {exception.Message.TrimEnd('.')}", isTransient: true, exception);
        }
    }
}
