using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>A safetensors file, mapped into memory: a weight's bytes are read from disk when they are asked for. Threads may read at the same time.</summary>
internal sealed unsafe class SafetensorsFile : IWeightFile
{
    private const int LengthBytes = sizeof(ulong);

    private readonly string path;
    private readonly SafetensorsHeader header;
    private readonly MemoryMappedFile mapping;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* data;
    private bool disposed;

    private SafetensorsFile(string path, FileStream stream, SafetensorsHeader header, long dataStart)
    {
        this.path = path;
        this.header = header;
        mapping = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        data = start + view.PointerOffset + dataStart;
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, WeightInfo> Weights => header.Weights;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header against its size.</summary>
    /// <exception cref="FineTuneException">The file cannot be opened or is no safetensors file (FT2040), or its header is wrong (FT2041, FT2042, FT2043).</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException("FT2040", $"The weights cannot be opened: {exception.Message}", new SourceLocation(path), exception);
        }

        try
        {
            var json = ReadHeader(stream, path);
            var dataStart = LengthBytes + json.LongLength;
            return new SafetensorsFile(path, stream, SafetensorsHeader.Parse(json, stream.Length - dataStart, path), dataStart);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void ReadFloat32(string name, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!header.Weights.TryGetValue(name, out var info))
        {
            throw new FineTuneException("FT2044", $"The weight '{name}' is not in this file. Use a base model of a supported architecture with all of its weights.", new SourceLocation(path));
        }

        if (info.ElementCount != destination.Length)
        {
            throw new ArgumentException($"'{name}' has {info.ElementCount} elements, the destination {destination.Length}.", nameof(destination));
        }

        var source = data + header.Offsets[name];
        switch (info.Type)
        {
            case WeightType.Float32:
                new ReadOnlySpan<float>(source, destination.Length).CopyTo(destination);
                break;
            case WeightType.Float16:
                Convert(new ReadOnlySpan<Half>(source, destination.Length), destination);
                break;
            case WeightType.BFloat16:
                BFloat16.ToSingle(new ReadOnlySpan<ushort>(source, destination.Length), destination);
                break;
            case WeightType.Float64:
                Convert(new ReadOnlySpan<double>(source, destination.Length), destination);
                break;
            default:
                throw new FineTuneException("FT2045", $"The weight '{name}' holds {SafetensorsType.NameOf(info.Type)} where F32, F16, BF16 or F64 is needed. Quantized base models cannot be fine-tuned; use the original one.", new SourceLocation(path));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            mapping.Dispose();
        }
    }

    private static byte[] ReadHeader(FileStream stream, string path)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (stream.Length < LengthBytes)
        {
            throw NotSafetensors(path, $"it has only {stream.Length} bytes");
        }

        stream.ReadExactly(lengthBytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > SafetensorsHeader.MaximumLength)
        {
            throw NotSafetensors(path, $"its header would have {length} bytes, and {SafetensorsHeader.MaximumLength} is the limit");
        }

        if ((long)length > stream.Length - LengthBytes)
        {
            throw NotSafetensors(path, $"its header would have {length} bytes, and the file has {stream.Length}");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        return json;
    }

    private static FineTuneException NotSafetensors(string path, string reason)
        => new("FT2040", $"This is no safetensors file: {reason}. It is incomplete, or of another format (a pointer of Git LFS, a .bin file); copy or download it again.", new SourceLocation(path));

    private static void Convert(ReadOnlySpan<Half> source, Span<float> destination)
    {
        for (var index = 0; index < source.Length; index++)
        {
            destination[index] = (float)source[index];
        }
    }

    private static void Convert(ReadOnlySpan<double> source, Span<float> destination)
    {
        for (var index = 0; index < source.Length; index++)
        {
            destination[index] = (float)source[index];
        }
    }
}
