using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Checkpoints.PyTorch;

namespace FineTune.Training.Tests.Checkpoints;

public sealed class PyTorchFileTests : IDisposable
{
    private static readonly byte[] SixFloats = [.. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes((float)value))];
    private static readonly long[] TwoByThree = [2, 3];
    private static readonly long[] RowMajor = [3, 1];

    private readonly string folder = Directory.CreateTempSubdirectory("finetune-pytorch-").FullName;

    public static TheoryData<string> FilesOfTorch => ["views.bin", "little.bin", "big.bin", "state-dict.bin", "legacy.bin", "legacy-state-dict.bin"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(FilesOfTorch))]
    public void Tensors_are_those_that_torch_reads(string name)
    {
        using var file = PyTorchFile.Open(TestFile(name));
        using var json = JsonDocument.Parse(File.ReadAllText(TestFile("tensors.json")));

        var expected = json.RootElement.GetProperty(name).EnumerateObject().ToArray();

        Assert.Equal(expected.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), file.Weights.Keys.Order(StringComparer.Ordinal));
        foreach (var tensor in expected)
        {
            var info = file.Weights[tensor.Name];
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), info.Shape);
            Assert.Equal(tensor.Value.GetProperty("type").GetString(), NameInTorch(info.Type));
            if (info.Type is WeightType.Int64 or WeightType.Boolean or WeightType.UInt8)
            {
                Assert.Equal("FT2045", Assert.Throws<FineTuneException>(() => Read(file, tensor.Name)).Code);
            }
            else
            {
                Assert.Equal(tensor.Value.GetProperty("values").EnumerateArray().Select(value => Number(value.GetString()!)), Read(file, tensor.Name));
            }
        }
    }

    [Theory]
    [InlineData("system.bin")]
    [InlineData("legacy-system.bin")]
    public void A_file_that_calls_a_program_is_refused_and_the_call_is_named(string name)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(TestFile(name)));

        Assert.Equal("FT2033", exception.Code);
        Assert.Contains("'posix.system'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(TestFile(name), exception.Diagnostics[0].Location?.File);
    }

    [Theory]
    [InlineData("training.bin", "FT2032", "'model' is no tensor")]
    [InlineData("protocol4.bin", "FT2032", "protocol 4")]
    [InlineData("module.bin", "FT2033", "'__main__.Module'")]
    [InlineData("tensors.json", "FT2032", "no PyTorch file")]
    public void What_is_no_state_dict_is_refused_and_named(string name, string code, string words)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(TestFile(name)));

        Assert.Equal(code, exception.Code);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "git lfs pull")]
    public void A_text_in_place_of_the_weights_is_refused(string content, string words)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(Write(Encoding.UTF8.GetBytes(content))));

        Assert.Equal("FT2032", exception.Code);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_file_is_refused()
    {
        var bytes = new byte[1024];
        "ustar"u8.CopyTo(bytes.AsSpan(257));

        Assert.Contains("tar", Assert.Throws<FineTuneException>(() => PyTorchFile.Open(Write(bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_file_is_refused()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("archive/data.pkl", CompressionLevel.Optimal).Open())
        {
            entry.Write(new byte[100]);
        }

        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(Write(bytes.ToArray())));

        Assert.Equal("FT2032", exception.Code);
        Assert.Contains("compressed", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_with_a_code()
        => Assert.Equal("FT2040", Assert.Throws<FineTuneException>(() => PyTorchFile.Open(Path.Combine(folder, "none"))).Code);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Numbers_of_32_and_of_64_bits_say_where_the_entries_are(bool zip64)
    {
        using var file = PyTorchFile.Open(WriteArchive(TestPickle.Tensor([2, 3], [1, 2]), SixFloats, zip64));

        Assert.Equal([0, 2, 4, 1, 3, 5], Read(file, "w"));
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0, 6, "FloatStorage", null)]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 1, 6, "FloatStorage", "number 6 of 6")]
    [InlineData(new long[] { 2, 3 }, new long[] { 4, 1 }, 0, 6, "FloatStorage", "number 6 of 6")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, -1, 6, "FloatStorage", "negative")]
    [InlineData(new long[] { 2, -3 }, new long[] { 3, 1 }, 0, 6, "FloatStorage", "negative")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, -1 }, 2, 6, "FloatStorage", "negative")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0, -6, "FloatStorage", "negative")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3 }, 0, 6, "FloatStorage", "2 sizes and 1 strides")]
    [InlineData(new long[] { long.MaxValue, 3 }, new long[] { 0, 0 }, 0, 6, "FloatStorage", "larger than any file")]
    [InlineData(new long[] { 2, 3 }, new[] { long.MaxValue, 1 }, 1, 6, "FloatStorage", "larger than any file")]
    [InlineData(new long[] { 3 }, new[] { long.MaxValue }, 0, 6, "FloatStorage", "larger than any file")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0, 7, "FloatStorage", "24 bytes")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0, 6, "DoubleStorage", "24 bytes")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0, long.MaxValue, "FloatStorage", "24 bytes")]
    public void A_tensor_must_lie_in_its_storage(long[] shape, long[] strides, long offset, long elements, string storage, string? words)
    {
        var path = WriteArchive(TestPickle.Tensor(shape, strides, offset, elements, storage), SixFloats);

        if (words is null)
        {
            using var file = PyTorchFile.Open(path);
            Assert.Equal([0, 1, 2, 3, 4, 5], Read(file, "w"));
            return;
        }

        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(path));
        Assert.Equal("FT2035", exception.Code);
        Assert.Contains("'w'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_storage_that_is_not_in_the_file_is_named()
    {
        var pickle = TestPickle.Of((byte)'}').Text("w").Tensor("FloatStorage", "7", 6, 0, TwoByThree, RowMajor).Add("s."u8).Bytes;

        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(WriteArchive(pickle, SixFloats)));

        Assert.Equal("FT2035", exception.Code);
        Assert.Contains("storage '7'", exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string, string> DamagedLegacyFiles => new()
    {
        { "more elements at the data than in the pickle", TestPickle.Legacy(["0"], elements: 7, SixFloats), "FT2035", "6 elements" },
        { "fewer elements at the data than in the pickle", TestPickle.Legacy(["0"], elements: 5, SixFloats), "FT2035", "6 elements" },
        { "less than nothing", TestPickle.Legacy(["0"], elements: -6, SixFloats), "FT2035", "6 elements" },
        { "data that ends too early", TestPickle.Legacy(["0"], elements: 6, SixFloats[..^1]), "FT2035", "23 bytes" },
        { "no data", TestPickle.Legacy(["0"], elements: 6, [])[..^1], "FT2034", "ends before its storage '0'" },
        { "no storage", TestPickle.Legacy([], elements: 6, SixFloats), "FT2035", "storage '0' is not in the file" },
        { "a storage of no tensor", TestPickle.Legacy(["1", "0"], elements: 6, SixFloats), "FT2034", "storage '1'" },
        { "a storage twice", TestPickle.Legacy(["0", "0"], elements: 6, [.. SixFloats, .. new byte[8]]), "FT2034", "storage '0'" },
        { "another version", TestPickle.Legacy(["0"], elements: 6, SixFloats, version: 1002), "FT2032", "version" },
        { "a key that is no text", TestPickle.Legacy([null], elements: 6, SixFloats), "FT2034", "keys" },
    };

    [Theory]
    [MemberData(nameof(DamagedLegacyFiles), DisableDiscoveryEnumeration = true)]
    public void A_storage_of_old_pytorch_must_be_as_its_tensors_say(string what, byte[] bytes, string code, string words)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(Write(bytes)));

        Assert.True(exception.Code == code, $"{what}: {exception.Message}");
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_old_pytorch_is_read_to_its_last_element()
    {
        using var file = PyTorchFile.Open(Write(TestPickle.Legacy(["0"], elements: 6, SixFloats)));

        Assert.Equal([0, 1, 2, 3, 4, 5], Read(file, "w"));
    }

    [Fact]
    public void A_tensor_that_is_repeated_without_end_takes_no_memory_until_it_is_read()
    {
        using var file = PyTorchFile.Open(WriteArchive(TestPickle.Tensor([1L << 40], [0]), SixFloats));

        Assert.Equal(1L << 40, file.Weights["w"].ElementCount);
        Assert.Throws<ArgumentException>(() => file.ReadFloat32("w", new float[6]));
    }

    [Fact]
    public void All_instructions_but_the_needed_ones_are_refused()
    {
        var known = Enum.GetValues<PickleOpcode>().Select(code => (byte)code).ToHashSet();
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            if (!known.Contains((byte)code))
            {
                var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(WriteArchive(TestPickle.Of((byte)code, (byte)'.').Bytes, [])));
                Assert.Equal("FT2033", exception.Code);
                Assert.Contains(code.ToString("X2", CultureInfo.InvariantCulture), exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch", "ComplexFloatStorage")]
    [InlineData("torch._utils", "_rebuild_sparse_tensor")]
    [InlineData("torch.storage", "FloatStorage")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("", "")]
    [InlineData("a\u001B[31m", "b")]
    public void All_names_but_the_needed_ones_are_refused(string module, string name)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(WriteArchive(new TestPickle().Global(module, name).Add((byte)'.').Bytes, [])));

        Assert.Equal("FT2033", exception.Code);
        Assert.DoesNotContain('\u001B', exception.Message);
    }

    public static TheoryData<string, byte[]> DamagedPickles => new()
    {
        { "nothing", [] },
        { "no end", TestPickle.Of((byte)'}').Bytes },
        { "something after the end", TestPickle.Of((byte)'}', (byte)'.', (byte)'N').Bytes },
        { "two results", TestPickle.Of((byte)'}', (byte)'}', (byte)'.').Bytes },
        { "no result", TestPickle.Of((byte)'.').Bytes },
        { "an open mark", TestPickle.Of((byte)'(', (byte)'}', (byte)'.').Bytes },
        { "no mark", TestPickle.Of((byte)'t', (byte)'.').Bytes },
        { "a value below the mark", TestPickle.Of((byte)'}', (byte)'(', 0x85, (byte)'.').Bytes },
        { "a text that is longer than the file", TestPickle.Of((byte)'X', 0xFF, 0xFF, 0xFF, 0xFF, (byte)'a').Bytes },
        { "a text that is not UTF-8", TestPickle.Of((byte)'X', 1, 0, 0, 0, 0xFF, (byte)'.').Bytes },
        { "an integer of nine bytes", TestPickle.Of(0x8A, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)'.').Bytes },
        { "something that is not remembered", TestPickle.Of((byte)'h', 3, (byte)'.').Bytes },
        { "a name that does not end", new TestPickle().Add((byte)'c').Add(new byte[300]).Bytes },
        { "a call of a text", new TestPickle().Text("f").Add(")R."u8).Bytes },
        { "a call with other arguments", new TestPickle().Global("torch._utils", "_rebuild_tensor_v2").Add(")R."u8).Bytes },
        { "a dictionary with arguments", new TestPickle().Global("collections", "OrderedDict").Add("]"u8).Add(0x85).Add("R."u8).Bytes },
        { "a storage of another form", TestPickle.Of((byte)')', (byte)'Q', (byte)'.').Bytes },
        { "a key that is no text", TestPickle.Of((byte)'}', (byte)'N', (byte)'N', (byte)'s', (byte)'.').Bytes },
        { "a key without a value", TestPickle.Of((byte)'}', (byte)'(', (byte)'N', (byte)'u', (byte)'.').Bytes },
        { "a key twice", TestPickle.Of((byte)'}').Text("a").Add("Ns"u8).Text("a").Add("Ns."u8).Bytes },
        { "an item of no list", TestPickle.Of((byte)'}', (byte)'N', (byte)'a', (byte)'.').Bytes },
        { "a state of no dictionary", TestPickle.Of((byte)']', (byte)'}', (byte)'b', (byte)'.').Bytes },
        { "five million values", new TestPickle().Add(Enumerable.Repeat((byte)'}', 5_000_000).ToArray()).Bytes },
        { "five million marks", new TestPickle().Add(Enumerable.Repeat((byte)'(', 5_000_000).ToArray()).Bytes },
    };

    [Theory]
    [MemberData(nameof(DamagedPickles), DisableDiscoveryEnumeration = true)]
    public void A_pickle_that_contradicts_itself_is_refused(string what, byte[] pickle)
    {
        var exception = Assert.Throws<FineTuneException>(() => PyTorchFile.Open(WriteArchive(pickle, SixFloats)));

        Assert.True(exception.Code == "FT2034", $"{what}: {exception.Message}");
    }

    [Fact]
    public void A_dictionary_in_itself_and_lists_in_lists_are_no_weights()
    {
        var inItself = TestPickle.Of((byte)'}', (byte)'q', 0).Text("a").Add((byte)'h', 0, (byte)'s', (byte)'.').Bytes;
        var nested = TestPickle.Of((byte)'}').Text("a").Add(Enumerable.Repeat((byte)']', 1_000_000).ToArray()).Add(Enumerable.Repeat((byte)'a', 999_999).ToArray()).Add("s."u8).Bytes;

        Assert.All([inItself, nested], pickle => Assert.Equal("FT2032", Assert.Throws<FineTuneException>(() => PyTorchFile.Open(WriteArchive(pickle, []))).Code));
    }

    [Theory]
    [InlineData("big.bin")]
    [InlineData("system.bin")]
    [InlineData("legacy-state-dict.bin")]
    [InlineData("legacy-system.bin")]
    public void Every_shortened_file_is_refused(string name)
    {
        var bytes = File.ReadAllBytes(TestFile(name));
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = Write(bytes[..length]);
            Assert.Matches("^FT203[2345]$", Assert.Throws<FineTuneException>(() => PyTorchFile.Open(path)).Code);
        }
    }

    [Theory]
    [InlineData("views.bin")]
    [InlineData("little.bin")]
    [InlineData("big.bin")]
    [InlineData("state-dict.bin")]
    [InlineData("system.bin")]
    [InlineData("legacy.bin")]
    [InlineData("legacy-state-dict.bin")]
    [InlineData("legacy-system.bin")]
    public void Changed_bytes_give_a_consistent_file_or_an_error_with_a_code(string name)
    {
        const int mutations = 700;
        const int mostElements = 100_000;
        var original = File.ReadAllBytes(TestFile(name));
        var random = new Random(17);
        var opened = 0;
        for (var mutation = 0; mutation < mutations; mutation++)
        {
            var path = Write(Mutate(original, random));
            try
            {
                using var file = PyTorchFile.Open(path);
                opened++;
                foreach (var info in file.Weights.Values.Where(info => info.ElementCount <= mostElements && info.Type is not (WeightType.Int64 or WeightType.Boolean or WeightType.UInt8)))
                {
                    ReadIfFloats(file, info);
                }
            }
            catch (FineTuneException exception)
            {
                Assert.Matches("^FT203[2345]$", exception.Code);
                Assert.Equal(path, exception.Diagnostics[0].Location?.File);
            }
        }

        // Some changes hit values, or parts of the container that say nothing about them; but a call stays a call.
        Assert.True(name.EndsWith("system.bin", StringComparison.Ordinal) ? opened == 0 : opened > mutations / 20, $"{opened} of {mutations} were opened");
    }

    private static void ReadIfFloats(PyTorchFile file, WeightInfo info)
    {
        try
        {
            Assert.Equal(info.ElementCount, Read(file, info.Name).Length);
        }
        catch (FineTuneException exception) when (exception.Code == "FT2045")
        {
            // A changed name of a storage can make integers of floats.
        }
    }

    /// <summary>One to three changes: a byte, an interesting byte, a run that is removed, repeated or swapped.</summary>
    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var change = random.Next(3); change >= 0; change--)
        {
            var position = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[position] = ((byte[])[0, 1, 0x7F, 0x80, 0xFF])[random.Next(5)];
                    break;
                case 3:
                    bytes.RemoveRange(position, Math.Min(bytes.Count - position - 1, random.Next(8)));
                    break;
                case 4:
                    bytes.InsertRange(position, bytes.GetRange(position, Math.Min(bytes.Count - position, random.Next(8))));
                    break;
                default:
                    var other = random.Next(bytes.Count);
                    (bytes[position], bytes[other]) = (bytes[other], bytes[position]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static string TestFile(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "TestData", name);

    private static float Number(string value) => value switch
    {
        "inf" => float.PositiveInfinity,
        _ => (float)double.Parse(value, CultureInfo.InvariantCulture),
    };

    private static string NameInTorch(WeightType type) => type == WeightType.Boolean ? "bool" : type.ToString().ToLowerInvariant();

    private static float[] Read(PyTorchFile file, string name)
    {
        var values = new float[file.Weights[name].ElementCount];
        file.ReadFloat32(name, values);
        return values;
    }

    private string WriteArchive(byte[] pickle, byte[] data, bool zip64 = false)
        => Write(TestZip.Write([("archive/data.pkl", pickle), ("archive/data/0", data), ("archive/version", "3\n"u8.ToArray())], zip64));

    private string Write(byte[] bytes)
    {
        var path = Path.Combine(folder, "written");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
