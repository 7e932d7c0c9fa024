using System.Buffers.Binary;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>A safetensors file, mapped into memory: a weight's bytes are read from disk when they are asked for. Threads may read at the same time.</summary>
internal sealed class SafetensorsFile : IWeightFile
{
    private const int LengthBytes = sizeof(ulong);

    private readonly string path;
    private readonly SafetensorsHeader header;
    private readonly MappedFile file;
    private readonly long dataStart;

    private SafetensorsFile(string path, MappedFile file, SafetensorsHeader header, long dataStart)
    {
        this.path = path;
        this.file = file;
        this.header = header;
        this.dataStart = dataStart;
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, WeightInfo> Weights => header.Weights;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header against its size.</summary>
    /// <exception cref="FineTuneException">The file cannot be opened or is no safetensors file (FT2040), or its header is wrong (FT2041, FT2042, FT2043).</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            var json = ReadHeader(file, path);
            var dataStart = LengthBytes + json.Length;
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(json, file.Length - dataStart, path), dataStart);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void ReadFloat32(string name, Span<float> destination)
    {
        var info = WeightConversion.Check(this, name, destination, path);
        WeightConversion.ReadFloat32(file, dataStart + header.Offsets[name], info.Type, destination);
    }

    /// <summary>A weight's elements: the file's own where it holds 32-bit floats, which are valid until the file is disposed; else converted copies.</summary>
    /// <exception cref="FineTuneException">The weight is not there (FT2044), or it does not hold floats (FT2045).</exception>
    public unsafe ReadOnlyMemory<float> Float32(string name)
    {
        var info = WeightConversion.Check(this, name, path);
        var count = checked((int)info.ElementCount);
        if (info.Type == WeightType.Float32 && BitConverter.IsLittleEndian)
        {
            return new NativeFloats((float*)file.PointerTo(dataStart + header.Offsets[name], info.ElementCount * sizeof(float)), count).Memory;
        }

        var values = new float[count];
        ReadFloat32(name, values);
        return values;
    }

    /// <summary>Reads a part of a weight as 32-bit floats.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="first">The first element.</param>
    /// <param name="destination">As long as elements are to be read.</param>
    /// <exception cref="FineTuneException">The weight is not there (FT2044), or it does not hold floats (FT2045).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight has fewer elements.</exception>
    public void ReadFloat32(string name, long first, Span<float> destination)
    {
        var info = WeightConversion.Check(this, name, path);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, info.ElementCount - destination.Length);
        WeightConversion.ReadFloat32(file, dataStart + header.Offsets[name] + (first * SafetensorsType.BytesOf(info.Type)), info.Type, destination);
    }

    /// <inheritdoc />
    public void Dispose() => file.Dispose();

    private static ReadOnlySpan<byte> ReadHeader(MappedFile file, string path)
    {
        if (file.Length < LengthBytes)
        {
            throw NotSafetensors(path, $"it has only {file.Length} bytes");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, LengthBytes));
        if (length > SafetensorsHeader.MaximumLength)
        {
            throw NotSafetensors(path, $"its header would have {length} bytes, and {SafetensorsHeader.MaximumLength} is the limit");
        }

        if ((long)length > file.Length - LengthBytes)
        {
            throw NotSafetensors(path, $"its header would have {length} bytes, and the file has {file.Length}");
        }

        return file.Bytes(LengthBytes, (int)length);
    }

    private static FineTuneException NotSafetensors(string path, string reason)
        => new("FT2040", $"This is no safetensors file: {reason}. It is incomplete, or of another format (a pointer of Git LFS, a .bin file); copy or download it again.", new SourceLocation(path));
}
