using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>Reads stored floats of any width as 32-bit floats.</summary>
internal static class WeightConversion
{
    // Elements at a time: a span has at most 2 GiB, a weight may have more.
    private const int Chunk = 1 << 20;

    /// <summary>Finds a weight that is to be read into <paramref name="destination"/>.</summary>
    /// <exception cref="FineTuneException">The weight is not there (FT2044), or it does not hold floats (FT2045).</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than the weight.</exception>
    public static WeightInfo Check(IWeightFile file, string name, ReadOnlySpan<float> destination, string path)
        => Check(file, name, path) is var info && info.ElementCount == destination.Length ? info : throw new ArgumentException($"'{name}' has {info.ElementCount} elements, the destination {destination.Length}.", nameof(destination));

    /// <summary>Finds a weight that can be read as 32-bit floats.</summary>
    /// <exception cref="FineTuneException">The weight is not there (FT2044), or it does not hold floats (FT2045).</exception>
    public static WeightInfo Check(IWeightFile file, string name, string path)
    {
        if (!file.Weights.TryGetValue(name, out var info))
        {
            throw new FineTuneException("FT2044", $"The weight '{name}' is not in this file. Use a base model of a supported architecture with all of its weights.", new SourceLocation(path));
        }

        if (info.Type is not (WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16 or WeightType.Float64))
        {
            throw new FineTuneException("FT2045", $"The weight '{name}' holds {SafetensorsType.NameOf(info.Type)} where F32, F16, BF16 or F64 is needed. Quantized base models cannot be fine-tuned; use the original one.", new SourceLocation(path));
        }

        return info;
    }

    /// <summary>Reads elements that lie one after the other.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The byte where the first element begins.</param>
    /// <param name="type">A type of floats.</param>
    /// <param name="destination">As long as elements are to be read.</param>
    /// <param name="bigEndian">Whether an element's highest byte comes first.</param>
    public static void ReadFloat32(MappedFile file, long offset, WeightType type, Span<float> destination, bool bigEndian = false)
    {
        var size = SafetensorsType.BytesOf(type);
        while (!destination.IsEmpty)
        {
            var count = Math.Min(destination.Length, Chunk);
            var bytes = file.Bytes(offset, count * size);
            ToSingle(type, bigEndian ? Reversed(bytes, size) : bytes, destination[..count]);
            destination = destination[count..];
            offset += bytes.Length;
        }
    }

    private static void ToSingle(WeightType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case WeightType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case WeightType.Float16:
                Convert(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case WeightType.BFloat16:
                BFloat16.ToSingle(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case WeightType.Float64:
                Convert(MemoryMarshal.Cast<byte, double>(source), destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of floats.");
        }
    }

    private static byte[] Reversed(ReadOnlySpan<byte> source, int size)
    {
        var bytes = new byte[source.Length];
        switch (size)
        {
            case 2:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(bytes.AsSpan()));
                break;
            default:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan()));
                break;
        }

        return bytes;
    }

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
