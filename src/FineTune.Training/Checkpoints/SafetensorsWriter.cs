using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FineTune.Training.Checkpoints;

/// <summary>Writes safetensors files: the same weights give the same bytes, in whatever order they are handed over.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int ChunkElements = 1 << 16;

    /// <summary>Writes beside <paramref name="path"/> and renames when complete, so that no half-written file is ever found there.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="weights">Name, stored type (Float32, Float16 or BFloat16) and shape with the values in row-major order; rounded to nearest, ties to even.</param>
    /// <param name="metadata">Notes for <c>__metadata__</c>, such as <c>format = pt</c>.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, a shape does not fit its values, or a type is not one of the three.</exception>
    public static void Write(string path, IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights, IReadOnlyDictionary<string, string>? metadata)
    {
        Check(weights);
        // By size of element first: a 32-bit weight behind an odd number of 16-bit ones would lie unaligned, and readers that map the file refuse that.
        (WeightInfo Info, ReadOnlyMemory<float> Values)[] sorted =
        [
            .. weights.OrderByDescending(weight => SafetensorsType.BytesOf(weight.Info.Type)).ThenBy(weight => weight.Info.Name, StringComparer.Ordinal),
        ];

        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                WriteHeader(stream, [.. sorted.Select(weight => weight.Info)], metadata);
                foreach (var (info, values) in sorted)
                {
                    WriteValues(stream, info.Type, values.Span);
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a file with one weight that need not fit into the memory.</summary>
    /// <param name="path">The file; one that exists is replaced, and is not whole before this returns.</param>
    /// <param name="weight">Name and shape of the weight; stored as Float32.</param>
    /// <param name="values">The values in row-major order, in any number of parts.</param>
    /// <exception cref="ArgumentException">The shape does not fit the values.</exception>
    public static void WriteInParts(string path, WeightInfo weight, IEnumerable<ReadOnlyMemory<float>> values)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        WriteHeader(stream, [weight], metadata: null);
        var left = weight.ElementCount;
        foreach (var part in values)
        {
            left -= part.Length;
            WriteValues(stream, WeightType.Float32, part.Span);
        }

        if (left != 0)
        {
            throw new ArgumentException($"'{weight.Name}' has the shape [{string.Join(", ", weight.Shape)}] and {weight.ElementCount - left} values.", nameof(values));
        }
    }

    private static void Check(IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataName };
        foreach (var (info, values) in weights)
        {
            if (!names.Add(info.Name))
            {
                throw new ArgumentException($"The name '{info.Name}' occurs twice or is reserved.", nameof(weights));
            }

            if (info.Type is not (WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16))
            {
                throw new ArgumentException($"'{info.Name}' cannot be written as {info.Type}.", nameof(weights));
            }

            if (info.Shape.Any(size => size < 0) || info.ElementCount != values.Length)
            {
                throw new ArgumentException($"'{info.Name}' has the shape [{string.Join(", ", info.Shape)}] and {values.Length} values.", nameof(weights));
            }
        }
    }

    private static void WriteHeader(FileStream stream, IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var position = 0L;
            foreach (var info in weights)
            {
                var end = position + (info.ElementCount * SafetensorsType.BytesOf(info.Type));
                json.WriteStartObject(info.Name);
                json.WriteString("dtype", SafetensorsType.NameOf(info.Type));
                WriteNumbers(json, "shape", info.Shape);
                WriteNumbers(json, "data_offsets", [position, end]);
                json.WriteEndObject();
                position = end;
            }

            json.WriteEndObject();
        }

        var padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);

        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)buffer.WrittenCount);
        stream.Write(length);
        stream.Write(buffer.WrittenSpan);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void WriteValues(FileStream stream, WeightType type, ReadOnlySpan<float> values)
    {
        var size = SafetensorsType.BytesOf(type);
        var chunk = new byte[Math.Min(values.Length, ChunkElements) * size];
        for (var start = 0; start < values.Length; start += ChunkElements)
        {
            var part = values[start..Math.Min(start + ChunkElements, values.Length)];
            for (var index = 0; index < part.Length; index++)
            {
                var element = chunk.AsSpan(index * size);
                switch (type)
                {
                    case WeightType.Float16:
                        BinaryPrimitives.WriteHalfLittleEndian(element, (Half)part[index]);
                        break;
                    case WeightType.BFloat16:
                        BinaryPrimitives.WriteUInt16LittleEndian(element, BFloat16.FromSingle(part[index]));
                        break;
                    default:
                        BinaryPrimitives.WriteSingleLittleEndian(element, part[index]);
                        break;
                }
            }

            stream.Write(chunk.AsSpan(0, part.Length * size));
        }
    }
}
