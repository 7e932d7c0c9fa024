using System.Text.Json;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>Pairs of texts with the ids and segments of the tokenizers library; see TestData/pairs/make.py.</summary>
public sealed class PairTests
{
    private static readonly string TestData = Path.Combine(AppContext.BaseDirectory, "Tokenization", "TestData");

    [Theory]
    [InlineData("bert", "pairs/bert", 3)]
    [InlineData("mpnet", "pairs/mpnet", 4)]
    [InlineData("roberta", "roberta", 4)]
    public void Ids_segments_and_cuts_equal_those_of_the_reference(string reference, string folder, int specialTokens)
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(Path.Combine(TestData, folder), out var settings);
        var shipped = TextTokenizer.Create(settings, name => File.OpenRead(Path.Combine(TestData, folder, name)));
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestData, "pairs", "pairs.json")));

        Assert.Equal((2, specialTokens), (tokenizer.SingleSpecialTokenCount, tokenizer.PairSpecialTokenCount));
        Assert.All(document.RootElement.GetProperty(reference).EnumerateArray(), line =>
        {
            var (first, second, maxLength) = (line[0].GetString()!, line[1].GetString()!, line[2].GetInt32());
            foreach (var pair in new[] { tokenizer.EncodePair(first, second, maxLength), shipped.EncodePair(first, second, maxLength) })
            {
                Assert.Equal(line[3].EnumerateArray().Select(id => id.GetInt32()), pair.Ids);
                Assert.Equal(line[4].EnumerateArray().Select(id => id.GetInt32()), pair.SegmentIds);
            }

            Assert.Equal(tokenizer.EncodePair(first, second, int.MaxValue).Ids.Length, tokenizer.CountTokens(first, second));
        });
    }

    [Fact]
    public void Templates_of_the_settings_are_followed()
    {
        var settings = new TokenizerSettings
        {
            Kind = TextTokenizer.WordPieceKind,
            Files = ["vocab.txt"],
            Lowercase = true,
            StripAccents = true,
            SplitChineseCharacters = true,
            SingleTemplate = "$A [SEP]",
            PairTemplate = "$B:2 [SEP]:3 $A",
        };
        var tokenizer = TextTokenizer.Create(settings, name => File.OpenRead(Path.Combine(TestData, "pairs", "bert", name)));

        var pair = tokenizer.EncodePair("late late", "order", 64);

        Assert.Equal([15, 15, 3], tokenizer.Encode("late late", 64));
        Assert.Equal([13, 3, 15, 15], pair.Ids);
        Assert.Equal([2, 3, 0, 0], pair.SegmentIds);
    }

    [Fact]
    public void A_length_without_room_for_the_special_tokens_is_refused()
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(Path.Combine(TestData, "pairs", "bert"), out _);

        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.EncodePair("late", "order", 2));
    }
}
