using System.Text.Json;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>A tokenizer.json for each kind of part, with what the tokenizers library makes of hard lines; see TestData/json/make.py.</summary>
public sealed class TokenizerJsonTests : IDisposable
{
    private static readonly string TestData = Path.Combine(AppContext.BaseDirectory, "Tokenization", "TestData", "json");

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["byte-fallback", "byte-level", "metaspace-first", "precompiled", "roberta", "unigram", "word-end", "word-level", "word-piece"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Ids_and_ranges_equal_those_of_the_reference(string name)
    {
        var tokenizer = Read(name);
        using var golden = Golden(name);

        ReferenceLine[] lines = [.. golden.RootElement.GetProperty("lines").EnumerateArray().Select(ReferenceLine.From)];

        Assert.Equal("", ReferenceLine.Differences(lines, tokenizer.Tokenize, specialTokensAtEachEnd: 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Special_tokens_and_segments_equal_those_of_the_reference(string name)
    {
        var tokenizer = Read(name);
        using var golden = Golden(name);

        var pair = tokenizer.EncodePair("a late order", "it's twice", 512);

        Assert.Equal(Integers(golden.RootElement.GetProperty("single")), tokenizer.Encode("a late order", 512));
        Assert.Equal(Integers(golden.RootElement.GetProperty("pair")), pair.Ids);
        Assert.Equal(Integers(golden.RootElement.GetProperty("segments")), pair.SegmentIds);
    }

    [Fact]
    public void Several_threads_get_the_same_tokens()
    {
        var tokenizer = Read("unigram");
        using var golden = Golden("unigram");
        string[] texts = [.. golden.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()!)];
        int[][] expected = [.. texts.Select(text => Read("unigram").Encode(text, 512))];

        Parallel.For(0, 40 * texts.Length, i => Assert.Equal(expected[i % texts.Length], tokenizer.Encode(texts[i % texts.Length], 512)));
    }

    [Theory]
    [InlineData("e\u0301 \u1e69 \u212b", false, true, "é ṩ Å")]
    [InlineData("é \u1e69 각", false, false, "e\u0301 s\u0323\u0307 \u1100\u1161\u11a8")]
    [InlineData("ﬁ ① ﷺ", true, true, "fi 1 صلى الله عليه وسلم")]
    [InlineData("a\u0315\u0300\u05ae\u0301b", false, true, "\u00e0\u05ae\u0301\u0315b")]
    public void Normalization_forms_are_Unicodes(string text, bool isCompatible, bool isComposed, string expected)
        => Assert.Equal(expected, UnicodeNormalization.Normalize(AlignedText.From(text, 0, text.Length), isCompatible, isComposed).ToString());

    private static JsonDocument Golden(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData, name + ".golden.json")));

    private static IEnumerable<int> Integers(JsonElement list) => list.EnumerateArray().Select(value => value.GetInt32());

    private TextTokenizer Read(string name)
    {
        File.Copy(Path.Combine(TestData, name + ".json"), Path.Combine(_folder.Path, "tokenizer.json"), overwrite: true);
        return TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _);
    }
}
