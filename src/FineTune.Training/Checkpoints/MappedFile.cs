using System.IO.MemoryMappedFiles;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>A file that is mapped into memory: its bytes come from disk when they are asked for, and a file larger than the memory can be read. Threads may read at the same time.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? mapping;
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private bool disposed;

    private MappedFile(FileStream stream)
    {
        Length = stream.Length;
        if (Length == 0)
        {
            // Nothing can be mapped of an empty file.
            stream.Dispose();
            return;
        }

        mapping = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    /// <summary>The file's size in bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="FineTuneException">FT2040: it cannot be opened.</exception>
    public static MappedFile Open(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new MappedFile(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw new FineTuneException("FT2040", $"The weights cannot be opened: {exception.Message}", new SourceLocation(path), exception);
        }
    }

    /// <summary>Some bytes of the file; valid until the file is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has fewer bytes.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>The place of some bytes of the file; valid until the file is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has fewer bytes.</exception>
    public byte* PointerTo(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return start + offset;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            view?.SafeMemoryMappedViewHandle.ReleasePointer();
            view?.Dispose();
            mapping?.Dispose();
        }
    }
}
