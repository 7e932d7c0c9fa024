using System.Text.Json;
using System.Text.Unicode;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>
/// The header of a safetensors file, checked completely: whatever comes out of <see cref="Parse"/> describes the file's data without
/// gap, overlap or overflow. Format: https://github.com/huggingface/safetensors (8 bytes of little-endian header length, JSON, data).
/// </summary>
/// <param name="Weights">The weights by name.</param>
/// <param name="Offsets">Where each weight's bytes begin, counted from the end of the header.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, WeightInfo> Weights,
    IReadOnlyDictionary<string, long> Offsets,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The name that the format reserves for notes about the file.</summary>
    public const string MetadataName = "__metadata__";

    /// <summary>The longest header that is read, as in the reference implementation.</summary>
    public const long MaximumLength = 100_000_000;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">How many bytes follow the header in the file.</param>
    /// <param name="path">The file's name for messages.</param>
    /// <exception cref="FineTuneException">The header is no valid JSON (FT2041), an entry is malformed (FT2042), or the entries do not fit the data (FT2043).</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string path)
    {
        if (!Utf8.IsValid(json))
        {
            throw NotJson(path, "it is not valid UTF-8");
        }

        try
        {
            return new Parser(path).Parse(json, dataLength);
        }
        catch (JsonException exception)
        {
            throw NotJson(path, exception.Message);
        }
        catch (InvalidOperationException exception)
        {
            // Utf8JsonReader.GetString: an escaped lone surrogate, which is valid JSON and no valid text.
            throw NotJson(path, exception.Message);
        }
    }

    private static FineTuneException NotJson(string path, string reason)
        => new("FT2041", $"The header of this safetensors file cannot be read: {reason.TrimEnd('.')}. The file is damaged; copy or download it again.", new SourceLocation(path));

    private sealed class Parser(string path)
    {
        private readonly Dictionary<string, WeightInfo> weights = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        private readonly List<(long Begin, long End, string Name)> ranges = [];

        public SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw NotJson(path, "it is not a JSON object");
            }

            var names = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name))
                {
                    throw NotJson(path, $"the name '{name}' occurs twice");
                }

                reader.Read();
                if (name == MetadataName)
                {
                    ReadMetadata(ref reader);
                }
                else
                {
                    ReadWeight(name, ref reader);
                }
            }

            // Reads to the end, so that anything after the object is found.
            while (reader.Read())
            {
            }

            CheckLayout(dataLength);
            return new SafetensorsHeader(weights, offsets, metadata);
        }

        private void ReadMetadata(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw NotJson(path, $"'{MetadataName}' is not an object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                if (reader.TokenType != JsonTokenType.String || !metadata.TryAdd(key, reader.GetString()!))
                {
                    throw NotJson(path, $"'{key}' in '{MetadataName}' is not a string, or occurs twice");
                }
            }
        }

        private void ReadWeight(string name, ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Malformed(name, "its entry is not an object");
            }

            WeightType? type = null;
            List<long>? shape = null;
            List<long>? range = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                switch (key)
                {
                    case "dtype" when type is null && reader.TokenType == JsonTokenType.String:
                        var typeName = reader.GetString()!;
                        type = SafetensorsType.Find(typeName) ?? throw Malformed(name, $"its dtype '{typeName}' is unknown");
                        break;
                    case "shape" when shape is null:
                        shape = ReadSizes(name, key, ref reader);
                        break;
                    case "data_offsets" when range is null:
                        range = ReadSizes(name, key, ref reader);
                        break;
                    default:
                        throw Malformed(name, $"'{key}' is unknown, occurs twice or has a wrong type");
                }
            }

            if (type is null || shape is null || range is not [var begin, var end])
            {
                throw Malformed(name, "it needs dtype, shape and two data_offsets");
            }

            var info = new WeightInfo(name, type.Value, shape);
            if (end < begin || end - begin != ByteCount(info))
            {
                throw Malformed(name, $"its shape [{string.Join(", ", shape)}] of {SafetensorsType.NameOf(info.Type)} does not take the bytes from {begin} to {end}");
            }

            weights.Add(name, info);
            offsets.Add(name, begin);
            ranges.Add((begin, end, name));
        }

        private List<long> ReadSizes(string name, string key, ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw Malformed(name, $"its {key} is not an array");
            }

            var sizes = new List<long>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                {
                    throw Malformed(name, $"its {key} holds something else than whole numbers from 0");
                }

                sizes.Add(size);
            }

            return sizes;
        }

        private long ByteCount(WeightInfo info)
        {
            try
            {
                return checked(info.ElementCount * SafetensorsType.BytesOf(info.Type));
            }
            catch (OverflowException)
            {
                throw Malformed(info.Name, $"its shape [{string.Join(", ", info.Shape)}] is larger than any file");
            }
        }

        private void CheckLayout(long dataLength)
        {
            ranges.Sort();
            var position = 0L;
            foreach (var (begin, end, name) in ranges)
            {
                if (begin != position)
                {
                    throw Inconsistent($"'{name}' begins at byte {begin} of the data, but the weight before it ends at {position}");
                }

                if (end > dataLength)
                {
                    throw Inconsistent($"'{name}' ends at byte {end} of the data, but the file has only {dataLength}");
                }

                position = end;
            }

            if (position != dataLength)
            {
                throw Inconsistent($"the weights end at byte {position} of the data, but the file has {dataLength}");
            }
        }

        private FineTuneException Malformed(string name, string reason)
            => new("FT2042", $"The weight '{name}' cannot be read: {reason}. The file is damaged, or written by something that does not follow the safetensors format; download or export it again.", new SourceLocation(path));

        private FineTuneException Inconsistent(string reason)
            => new("FT2043", $"The header of this safetensors file does not fit its data: {reason}. The file is incomplete or damaged; copy or download it again.", new SourceLocation(path));
    }
}
