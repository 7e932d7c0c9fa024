using System.Buffers.Binary;
using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-safetensors-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var path = Path.Combine(folder, "model.safetensors");
        float[] matrix = [1, -2.5f, float.Epsilon, float.MaxValue, float.NegativeInfinity, -0f];
        SafetensorsWriter.Write(
            path,
            [(new("b", WeightType.Float32, [2, 3]), matrix), (new("a", WeightType.Float32, []), new float[] { 7 }), (new("empty", WeightType.Float16, [0, 4]), Array.Empty<float>())],
            new Dictionary<string, string> { ["format"] = "pt" });

        using var file = SafetensorsFile.Open(path);

        Assert.Equal(["a", "b", "empty"], file.Weights.Keys.Order());
        Assert.Equal([2, 3], file.Weights["b"].Shape);
        Assert.Equal(WeightType.Float16, file.Weights["empty"].Type);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(matrix, Read(file, "b"));
        Assert.Equal([7], Read(file, "a"));
        Assert.Empty(Read(file, "empty"));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void The_order_of_the_weights_does_not_change_the_bytes()
    {
        (WeightInfo, ReadOnlyMemory<float>)[] weights =
        [
            (new("z", WeightType.Float32, [1]), new float[] { 1 }),
            (new("m", WeightType.BFloat16, [3]), new float[] { 1, 2, 3 }),
            (new("a", WeightType.Float32, [2]), new float[] { 4, 5 }),
        ];
        var first = Path.Combine(folder, "first");
        var second = Path.Combine(folder, "second");

        SafetensorsWriter.Write(first, weights, new Dictionary<string, string> { ["x"] = "1", ["a"] = "2" });
        SafetensorsWriter.Write(second, [.. weights.Reverse()], new Dictionary<string, string> { ["a"] = "2", ["x"] = "1" });

        var bytes = File.ReadAllBytes(first);
        Assert.Equal(bytes, File.ReadAllBytes(second));
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        Assert.Equal(
            """{"__metadata__":{"a":"2","x":"1"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"z":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"m":{"dtype":"BF16","shape":[3],"data_offsets":[12,18]}}""",
            Encoding.UTF8.GetString(bytes, 8, headerLength).TrimEnd(' '));
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)] // halfway between 0x3F80 and 0x3F81: to even
    [InlineData(1.01171875f, 0x3F82)] // halfway between 0x3F81 and 0x3F82: to even
    [InlineData(1.00391f, 0x3F81)] // just above halfway
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(-0f, 0x8000)]
    public void Bfloat16_rounds_to_the_nearest_and_to_even(float value, int bits)
        => Assert.Equal(bits, BFloat16.FromSingle(value));

    [Fact]
    public void A_nan_stays_a_nan_in_every_type()
    {
        var nan = BitConverter.UInt32BitsToSingle(0x7F800001);
        foreach (var type in new[] { WeightType.Float32, WeightType.Float16, WeightType.BFloat16 })
        {
            Assert.True(float.IsNaN(RoundTrip(type, [nan]).Single()));
        }
    }

    [Theory]
    [InlineData(2049f, 2048f)]
    [InlineData(2051f, 2052f)]
    [InlineData(65520f, float.PositiveInfinity)]
    [InlineData(5.9604645E-08f, 5.9604645E-08f)]
    public void Float16_rounds_to_the_nearest_and_to_even(float value, float stored)
        => Assert.Equal(stored, RoundTrip(WeightType.Float16, [value]).Single());

    [Property(MaxTest = 60)]
    public void Any_weights_survive_a_round_trip(Dictionary<NonNull<string>, float[]> values)
    {
        // A lone surrogate is no text and has no UTF-8 form.
        var weights = values.Where(pair => pair.Key.Get != "__metadata__" && IsText(pair.Key.Get)).ToDictionary(pair => pair.Key.Get, pair => pair.Value ?? []);
        var path = Path.Combine(folder, "any");

        SafetensorsWriter.Write(path, [.. weights.Select(pair => (new WeightInfo(pair.Key, WeightType.Float32, [pair.Value.Length]), (ReadOnlyMemory<float>)pair.Value))], metadata: null);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(weights.Keys.Order(StringComparer.Ordinal), file.Weights.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, expected) in weights)
        {
            Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), Read(file, name).Select(BitConverter.SingleToUInt32Bits));
        }
    }

    [Property(MaxTest = 500)]
    public void A_changed_header_byte_gives_a_consistent_file_or_an_error_with_a_code(ushort position, byte value)
    {
        var bytes = SmallFile();
        var headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        bytes[position % headerEnd] = value;
        var path = Path.Combine(folder, "mutated");
        File.WriteAllBytes(path, bytes);

        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, info) in file.Weights)
            {
                Assert.Equal(info.ElementCount, Read(file, name).Length);
            }
        }
        catch (FineTuneException exception)
        {
            Assert.StartsWith("FT204", exception.Code);
            Assert.Equal(path, exception.Diagnostics[0].Location?.File);
        }
    }

    [Fact]
    public void Every_shortened_file_is_refused()
    {
        var bytes = SmallFile();
        var path = Path.Combine(folder, "short");
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes.AsSpan(0, length));
            Assert.Throws<FineTuneException>(() => SafetensorsFile.Open(path));
        }
    }

    [Theory]
    [InlineData("[]", 0, "FT2041")]
    [InlineData("{", 0, "FT2041")]
    [InlineData("{} x", 0, "FT2041")]
    [InlineData("\"\\ud800\"", 0, "FT2041")]
    [InlineData("{\"\\ud800\":{}}", 0, "FT2041")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "FT2041")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "FT2041")]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "FT2042")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "FT2043")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "FT2043")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "FT2043")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "FT2043")]
    public void A_header_that_does_not_describe_its_file_is_refused(string header, int dataLength, string code)
    {
        var path = Write(header, new byte[dataLength]);

        var exception = Assert.Throws<FineTuneException>(() => SafetensorsFile.Open(path));

        Assert.Equal(code, exception.Code);
        Assert.Equal(path, exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void A_missing_file_is_an_error_with_a_code()
        => Assert.Equal("FT2040", Assert.Throws<FineTuneException>(() => SafetensorsFile.Open(Path.Combine(folder, "none"))).Code);

    [Fact]
    public void Integers_are_listed_but_not_read_as_floats()
    {
        var path = Write("{\"position_ids\":{\"dtype\":\"I64\",\"shape\":[1,2],\"data_offsets\":[0,16]}}", new byte[16]);

        using var file = SafetensorsFile.Open(path);

        Assert.Equal(WeightType.Int64, file.Weights["position_ids"].Type);
        Assert.Equal("FT2045", Assert.Throws<FineTuneException>(() => Read(file, "position_ids")).Code);
        Assert.Equal("FT2044", Assert.Throws<FineTuneException>(() => file.ReadFloat32("other", new float[2])).Code);
    }

    [Fact]
    public void A_destination_of_another_length_is_refused()
    {
        using var file = SafetensorsFile.Open(Write("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]));
        Assert.Throws<ArgumentException>(() => file.ReadFloat32("a", new float[2]));
    }

    [Fact]
    public void A_failed_write_leaves_the_file_that_was_there()
    {
        var path = Path.Combine(folder, "kept");
        File.WriteAllText(path, "kept");

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [(new("a", WeightType.Float32, [2]), new float[1])], metadata: null));

        Assert.Equal("kept", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_published_model_is_read()
    {
        var path = RepositoryFiles.Shared("models/rxnmapper-albert/model.safetensors");
        Assert.SkipUnless(path is not null, "the shared models are not beside this repository");

        using var file = SafetensorsFile.Open(path!);

        Assert.All(file.Weights.Values, info => Assert.True(info.ElementCount > 0));
        Assert.All(Read(file, "albert.embeddings.word_embeddings.weight"), value => Assert.True(float.IsFinite(value)));
    }

    private static bool IsText(string value) => new UTF8Encoding(false, false).GetString(Encoding.UTF8.GetBytes(value)) == value;

    private static float[] Read(SafetensorsFile file, string name)
    {
        var values = new float[file.Weights[name].ElementCount];
        file.ReadFloat32(name, values);
        return values;
    }

    private float[] RoundTrip(WeightType type, float[] values)
    {
        var path = Path.Combine(folder, type.ToString());
        SafetensorsWriter.Write(path, [(new("w", type, [values.Length]), values)], metadata: null);
        using var file = SafetensorsFile.Open(path);
        return Read(file, "w");
    }

    private byte[] SmallFile()
    {
        var path = Path.Combine(folder, "small");
        SafetensorsWriter.Write(
            path,
            [(new("encoder.weight", WeightType.Float32, [2, 2]), new float[] { 1, 2, 3, 4 }), (new("bias", WeightType.Float16, [2]), new float[] { 5, 6 })],
            new Dictionary<string, string> { ["format"] = "pt" });
        return File.ReadAllBytes(path);
    }

    private string Write(string header, byte[] data)
    {
        var path = Path.Combine(folder, "written");
        using var stream = File.Create(path);
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        stream.Write(length);
        stream.Write(json);
        stream.Write(data);
        return path;
    }
}
