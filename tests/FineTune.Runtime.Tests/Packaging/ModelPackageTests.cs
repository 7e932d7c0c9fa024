using System.IO.Compression;
using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Packaging;

namespace FineTune.Runtime.Tests.Packaging;

public sealed class ModelPackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_predicts_as_its_folder_does()
    {
        var folder = TinyModel.Write(Path.Combine(_folder.Path, "model"));
        var file = Path.Combine(_folder.Path, "tiny.ftmodel");
        using (var output = File.Create(file))
        {
            ModelPackage.Write(folder, output);
        }

        using var fromFolder = TextClassifier.Load(folder);
        using var fromFile = TextClassifier.Load(file);
        using var fromStream = TextClassifier.Load(File.OpenRead(file));

        var expected = fromFolder.Predict("the good film").Logits;
        Assert.Equal(expected, fromFile.Predict("the good film").Logits);
        Assert.Equal(expected, fromStream.Predict("the good film").Logits);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_read()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(TinyModel.Package());
        }

        compressed.Position = 0;
        using var classifier = TextClassifier.Load(new GZipStream(compressed, CompressionMode.Decompress));

        Assert.Equal("good", classifier.Predict("good").Text);
    }

    [Fact]
    public void A_package_is_deterministic_stored_and_ordered()
    {
        var folder = TinyModel.Write(Path.Combine(_folder.Path, "model"));
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        ModelPackage.Write(folder, first);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "vocab.txt"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "not listed in the manifest");
        ModelPackage.Write(folder, second);

        Assert.Equal(first.ToArray(), second.ToArray());
        using var archive = new ZipArchive(first, ZipArchiveMode.Read);
        Assert.Equal(["manifest.json", "model.onnx", "vocab.txt"], archive.Entries.Select(entry => entry.FullName));
        Assert.All(archive.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.All(archive.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
    }

    [Fact]
    public void A_damaged_folder_is_not_packed()
    {
        var folder = TinyModel.Write(Path.Combine(_folder.Path, "model"));
        File.AppendAllText(Path.Combine(folder, "vocab.txt"), "more\n");

        var exception = Assert.Throws<FineTuneException>(() => ModelPackage.Write(folder, Stream.Null));

        Assert.Equal("FT6051", exception.Code);
    }

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("model.onnx")]
    public void A_changed_file_is_named(string name)
    {
        var folder = TinyModel.Write(_folder.Path);
        var bytes = File.ReadAllBytes(Path.Combine(folder, name));
        bytes[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, name), bytes);

        AssertRefused("FT6051", $"'{name}'", () => TextClassifier.Load(folder));
    }

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("model.onnx")]
    [InlineData("manifest.json")]
    public void A_missing_file_is_named(string name)
    {
        var folder = TinyModel.Write(_folder.Path);
        File.Delete(Path.Combine(folder, name));

        AssertRefused("FT6052", $"'{name}'", () => TextClassifier.Load(folder));
    }

    [Fact]
    public void A_changed_byte_in_a_package_is_found()
    {
        var package = TinyModel.Package();
        var position = package.AsSpan().IndexOf(Encoding.UTF8.GetBytes("[MASK]\ngood"));
        package[position + 1] = (byte)'m';

        var exception = Assert.Throws<FineTuneException>(() => TextClassifier.Load(new MemoryStream(package)));

        // The zip's own checksum or ours, whichever is looked at first.
        Assert.Contains(exception.Code, new[] { "FT6051", "FT6053" });
    }

    [Fact]
    public void A_package_that_is_cut_anywhere_is_refused()
    {
        var package = TinyModel.Package();

        for (var length = 0; length < package.Length; length += 97)
        {
            AssertRefused("FT6053", "", () => TextClassifier.Load(new MemoryStream(package[..length])));
        }
    }

    [Fact]
    public void Bytes_that_are_no_package_are_refused()
        => AssertRefused("FT6053", "", () => TextClassifier.Load(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 5000)))));

    [Fact]
    public void A_path_without_model_is_named()
    {
        AssertRefused("FT6054", "nowhere.ftmodel", () => TextClassifier.Load(Path.Combine(_folder.Path, "nowhere.ftmodel")));
        AssertRefused("FT6054", "nothing", () => TextClassifier.Load(Path.Combine(_folder.Path, "nothing", "nowhere.ftmodel")));
    }

    [Fact]
    public void A_package_that_format_1_0_0_wrote_loads_from_a_resource()
    {
        using var classifier = TextClassifier.LoadResource(typeof(TinyModel).Assembly, "Tiny.ftmodel");

        Assert.Equal(TinyModel.Labels, classifier.Labels);
        Assert.Equal(TinyModel.Logits([2, 5, 3])[0], classifier.Predict("good").Logits[0], 1e-5);
    }

    [Fact]
    public void A_missing_resource_lists_those_that_exist()
        => AssertRefused("FT6055", "FineTune.Runtime.BertUnicode.txt", () => TextClassifier.LoadResource(typeof(TextClassifier).Assembly, "Sentiment.ftmodel"));

    [Fact]
    public void A_resource_that_is_no_package_is_refused()
        => AssertRefused("FT6053", "FineTune.Runtime/FineTune.Runtime.BertUnicode.txt", () => TextClassifier.LoadResource(typeof(TextClassifier).Assembly, "FineTune.Runtime.BertUnicode.txt"));

    [Theory]
    [InlineData("2.0.0", "Update the FineTune.Runtime package")]
    [InlineData("2.1.0-beta.1", "Update the FineTune.Runtime package")]
    [InlineData("0.9.0", "Build the model again")]
    public void Another_format_version_says_what_to_do(string version, string advice)
    {
        var folder = TinyModel.Write(_folder.Path, change: manifest => manifest with { FormatVersion = version });

        AssertRefused("FT6050", advice, () => TextClassifier.Load(folder));
    }

    [Fact]
    public void A_newer_format_is_recognized_even_when_all_else_has_changed()
    {
        var folder = TinyModel.Write(_folder.Path);
        File.WriteAllText(Path.Combine(folder, "manifest.json"), """{"formatVersion":"3.0.0","everything":"new"}""");

        AssertRefused("FT6050", "3.0.0", () => TextClassifier.Load(folder));
    }

    [Fact]
    public void A_newer_format_of_the_same_major_version_loads()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path, change: manifest => manifest with { FormatVersion = "1.7.0" }));

        Assert.Equal(3, classifier.Labels.Count);
    }

    [Theory]
    [InlineData("{", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "not a JSON object")]
    [InlineData("""{"formatVersion":"one"}""", "'one' is no version")]
    [InlineData("""{"formatVersion":"1.0.0"}""", "missing")]
    public void A_manifest_that_cannot_be_read_is_refused(string json, string why)
    {
        var folder = TinyModel.Write(_folder.Path);
        File.WriteAllText(Path.Combine(folder, "manifest.json"), json);

        AssertRefused("FT6056", why, () => TextClassifier.Load(folder));
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("/etc/outside.txt")]
    [InlineData("a\\b.txt")]
    [InlineData("c:outside.txt")]
    public void A_manifest_cannot_reach_outside_of_its_model(string name)
    {
        var folder = TinyModel.Write(_folder.Path, change: manifest => manifest with
        {
            Files = new Dictionary<string, string>(manifest.Files.ToDictionary(file => file.Key, file => file.Value)) { [name] = new string('0', 64) },
        });

        AssertRefused("FT6056", "plain path", () => TextClassifier.Load(folder));
    }

    [Fact]
    public void A_manifest_without_labels_or_files_is_refused()
    {
        AssertRefused("FT6056", "no labels", () => TextClassifier.Load(TinyModel.Write(_folder.Path, change: manifest => manifest with { Labels = [] })));
        AssertRefused("FT6056", "'model.onnx'", () => TextClassifier.Load(TinyModel.Write(_folder.Path, change: manifest => manifest with
        {
            Files = manifest.Files.Where(file => file.Key != "model.onnx").ToDictionary(file => file.Key, file => file.Value),
        })));
        AssertRefused("FT6056", "1 tokens", () => TextClassifier.Load(TinyModel.Write(_folder.Path, change: manifest => manifest with { MaxLength = 1 })));
    }

    [Fact]
    public void Another_kind_of_tokenizer_is_refused()
        => AssertRefused("FT2051", "'Unigram'", () => TextClassifier.Load(TinyModel.Write(_folder.Path, change: manifest => manifest with { Tokenizer = manifest.Tokenizer with { Kind = "Unigram" } })));

    private static void AssertRefused(string code, string part, Action load)
    {
        var exception = Assert.Throws<FineTuneException>(load);
        Assert.Equal(code, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }
}
