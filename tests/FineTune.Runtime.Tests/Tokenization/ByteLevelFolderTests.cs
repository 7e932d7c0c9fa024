using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>RoBERTa's layout, with the ids of the tokenizers library; see TestData/roberta/make.py.</summary>
public sealed class ByteLevelFolderTests : IDisposable
{
    private static readonly string Reference = Path.Combine(AppContext.BaseDirectory, "Tokenization", "TestData", "roberta");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ids_equal_those_of_the_reference_whole_and_cut()
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(Reference, out _);

        AssertReference(tokenizer);
    }

    [Fact]
    public void The_settings_and_files_of_a_manifest_make_the_same_tokenizer()
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(Reference, out var settings);
        var files = settings.Files.ToDictionary(name => name, name =>
        {
            using var stream = new MemoryStream();
            tokenizer.WriteFile(name, stream);
            return stream.ToArray();
        });

        var shipped = TextTokenizer.Create(settings, name => new MemoryStream(files[name]));

        AssertReference(shipped);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Reference, "merges.txt")), files["merges.txt"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ranges_equal_those_of_the_reference(bool addPrefixSpace)
    {
        TextTokenizer.FromHuggingFaceFolder(Reference, out var settings);
        var tokenizer = TextTokenizer.Create(settings with { AddPrefixSpace = addPrefixSpace }, name => File.OpenRead(Path.Combine(Reference, name)));
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reference, "ids.json")));

        ReferenceLine[] lines = [.. document.RootElement.EnumerateArray().Select(line => ReferenceLine.From(addPrefixSpace ? line.GetProperty("prefixed") : line))];

        Assert.Equal("", ReferenceLine.Differences(lines, tokenizer.Tokenize, specialTokensAtEachEnd: 1));
    }

    [Fact]
    public void A_missing_file_is_named_with_those_that_are_there()
    {
        _folder.Write("config.json", """{"model_type":"roberta"}""");
        _folder.Write("vocab.json", "{}");

        var exception = Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _));

        Assert.Equal("FT2050", exception.Code);
        Assert.Contains("merges.txt", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_a_special_token_is_refused()
    {
        _folder.Write("config.json", """{"model_type":"roberta"}""");
        _folder.Write("vocab.json", """{"<s>":0,"</s>":1,"<unk>":2}""");
        _folder.Write("merges.txt", "");

        Assert.Equal("FT2053", Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _)).Code);
    }

    private static void AssertReference(TextTokenizer tokenizer)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reference, "ids.json")));
        Assert.All(document.RootElement.EnumerateArray(), line =>
        {
            var text = line.GetProperty("text").GetString()!;
            int[] ids = [.. line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(ids, tokenizer.Encode(text, 512));
            Assert.Equal(ids.Length, tokenizer.CountTokens(text));
            Assert.Equal(line.GetProperty("cut").EnumerateArray().Select(id => id.GetInt32()), tokenizer.Encode(text, 5));
        });
    }
}
