using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Tokenization.Pipeline;
using FineTune.Runtime.Tokenization.SentencePiece;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>SentencePiece models alone; the small ones and their golden numbers are made by TestData/sentencepiece/make.py.</summary>
public sealed class SentencePieceTests : IDisposable
{
    private static readonly string TestData = Path.Combine(AppContext.BaseDirectory, "Tokenization", "TestData", "sentencepiece");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t5-unigram", "models/t5-spm-tokenizer/sentencepiece.model", "T5", "<pad>")]
    [InlineData("llama-tok512", "models/stories260K/tok512.model", "Llama", "<unk>")]
    public void Published_models_give_SentencePieces_ids_on_every_line(string reference, string model, string family, string padding)
    {
        var file = SharedFiles.Require(model);
        var settings = new TokenizerSettings
        {
            Kind = TextTokenizer.SentencePieceKind,
            Family = family,
            Files = ["spiece.model"],
            Lowercase = false,
            StripAccents = false,
            SplitChineseCharacters = false,
            UnknownToken = "<unk>",
            ClassifyToken = "</s>",
            SeparatorToken = "</s>",
            PaddingToken = padding,
            MaskToken = "<mask>",
        };
        var tokenizer = TextTokenizer.Create(settings, _ => File.OpenRead(file));

        // SentencePiece itself knows no special tokens inside of text.
        ReferenceLine[] lines = [.. ReferenceLine.Read(reference).Where(line => !line.Text.Contains("</s>", StringComparison.Ordinal))];

        Assert.InRange(lines.Length, ReferenceLine.All - 2, ReferenceLine.All);
        Assert.Equal("", ReferenceLine.Differences(lines, tokenizer.Tokenize, specialTokensAtEachEnd: 0));
    }

    [Theory]
    [InlineData("albert")]
    [InlineData("camembert")]
    [InlineData("deberta-v2")]
    [InlineData("llama")]
    [InlineData("t5")]
    [InlineData("xlm-roberta")]
    public void A_family_has_its_ids_and_special_tokens(string family)
    {
        var folder = Path.Combine(TestData, family);
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(folder, out var settings);
        var shipped = TextTokenizer.Create(settings, name => File.OpenRead(Path.Combine(folder, name)));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        ReferenceLine[] lines = [.. golden.RootElement.GetProperty("lines").EnumerateArray().Select(ReferenceLine.From)];

        Assert.Equal("", ReferenceLine.Differences(lines, tokenizer.Tokenize, specialTokensAtEachEnd: 0));
        Assert.Equal("", ReferenceLine.Differences(lines, shipped.Tokenize, specialTokensAtEachEnd: 0));
        Assert.Equal(Integers(golden.RootElement.GetProperty("single")), tokenizer.Encode("a late order", 64));
        Assert.Equal(Integers(golden.RootElement.GetProperty("pair")), tokenizer.EncodePair("a late order", "my money", 64).Ids);
        Assert.Equal(golden.RootElement.GetProperty("vocabulary").GetInt32(), tokenizer.VocabularySize);
        Assert.All(golden.RootElement.GetProperty("special").EnumerateObject(), token => Assert.Equal([token.Value.GetInt32()], tokenizer.Tokenize(token.Name).Select(found => found.Id)));
    }

    [Fact]
    public void A_range_begins_with_its_word_and_not_with_the_blank_before()
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(Path.Combine(TestData, "xlm-roberta"), out _);
        const string Text = "  the  parcel arrived<mask> 😀 twice ";

        var words = tokenizer.Tokenize(Text).Select(token => Text[token.Start..token.End]).Where(word => word.Length > 0);

        Assert.Equal("theparcelarrived<mask>😀twice", string.Concat(words));
    }

    [Fact]
    public void The_configuration_decides_case_and_beginnings()
    {
        Copy("albert");
        _folder.Write("tokenizer_config.json", """{"tokenizer_class":"AlbertTokenizerFast","do_lower_case":false,"keep_accents":true}""");
        TextTokenizer.FromHuggingFaceFolder(_folder.Path, out var albert);
        Copy("llama");
        File.Delete(Path.Combine(_folder.Path, "spiece.model"));
        _folder.Write("tokenizer_config.json", """{"tokenizer_class":"LlamaTokenizer","add_bos_token":false}""");
        var llama = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _);

        Assert.Equal((false, false), (albert.Lowercase, albert.StripAccents));
        Assert.Equal(0, llama.SingleSpecialTokenCount);
    }

    [Fact]
    public void The_most_probable_tokens_are_taken_and_unknown_neighbours_are_one()
    {
        var model = new UnigramModel([("<unk>", null), ("a", -1), ("b", -1), ("ab", -1.5f), ("abc", -9)], unknownId: 0, fallsBackToBytes: false, isSinglePrecision: true);

        Assert.Equal([(3, 0, 2), (0, 2, 4), (1, 4, 5)], model.Tokenize(AlignedText.From("abxya", 0, 5)).Select(token => (token.Id, token.Start, token.End)));
    }

    [Fact]
    public void Random_bytes_are_a_damaged_file()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            Assert.Contains(Assert.Throws<FineTuneException>(() => SentencePieceFile.Read(bytes, "spiece.model")).Code, new[] { "FT2054", "FT2055" });
        }
    }

    [Fact]
    public void A_model_of_an_unknown_family_says_what_is_known()
    {
        Copy("albert");
        _folder.Write("tokenizer_config.json", """{"tokenizer_class":"XLNetTokenizer"}""");

        var exception = Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _));

        Assert.Equal("FT2051", exception.Code);
        Assert.Contains("XLNetTokenizer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ALBERT", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Integers(JsonElement list) => list.EnumerateArray().Select(value => value.GetInt32());

    private void Copy(string family)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(TestData, family), "*.model"))
        {
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        }
    }
}
