using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tests.Tokenization;

public sealed class BytePairTests
{
    private const string Unknown = "<unk>";

    [Fact]
    public void Gpt2_gives_the_reference_ids_and_ranges_on_every_line()
    {
        var folder = SharedFiles.Require("models/gpt2-tokenizer");
        var model = BytePairReader.Read(name => File.OpenRead(Path.Combine(folder, name)), "gpt2_vocab.json", "gpt2_merges.txt", Unknown);

        Assert.Equal("", ReferenceLine.Differences(ReferenceLine.Read("gpt2"), text => Tokenize(model, text), specialTokensAtEachEnd: 0));
    }

    [Fact]
    public void The_pair_that_was_learned_first_is_merged_first()
    {
        var model = Read("""{"a":0,"b":1,"c":2,"bc":3,"ab":4,"abc":5,"Ġ":6}""", "#version: 0.2\nb c\na b\na bc\n");

        Assert.Equal([(5, 0, 3), (6, 3, 4), (4, 4, 6), (4, 6, 8)], Tokenize(model, "abc abab").Select(token => (token.Id, token.Start, token.End)));
    }

    [Fact]
    public void A_token_of_a_part_of_a_character_has_the_range_of_the_whole()
    {
        var model = Read("""{"ð":0,"Ł":1,"ĺ":2,"Ģ":3,"ðŁ":4}""", "ð Ł\n");

        Assert.Equal([(4, 0, 2), (2, 0, 2), (3, 0, 2)], Tokenize(model, "😀").Select(token => (token.Id, token.Start, token.End)));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{\"a\":", "")]
    [InlineData("{\"a\":-1}", "")]
    [InlineData("{\"a\":\"x\"}", "")]
    [InlineData("{\"a\":0,\"b\":1}", "a b\n")]
    [InlineData("{\"a\":0,\"b\":1,\"ab\":2}", "a b c\n")]
    public void Damage_has_a_code(string vocabulary, string merges)
        => Assert.Equal("FT2054", Assert.Throws<FineTuneException>(() => Read(vocabulary, merges)).Code);

    [Fact]
    public void Long_pieces_are_merged_as_short_ones_are()
    {
        var model = Read("""{"a":0,"b":1,"c":2,"ab":3,"abc":4,"aa":5}""", "a b\nab c\na a\n");
        var text = string.Concat(Enumerable.Repeat("abcaaab", 40));

        var whole = Tokenize(model, text).Select(token => token.Id);

        Assert.Equal(Enumerable.Repeat(Tokenize(model, "abcaaab").Select(token => token.Id), 40).SelectMany(ids => ids), whole);
    }

    private static List<TextToken> Tokenize(BytePairModel model, string text)
    {
        var pieces = PreTokenizers.ByteLevel(AlignedText.From(text, 0, text.Length), addsPrefixSpace: false, splitsWords: true);
        return [.. pieces.SelectMany(piece => model.Tokenize(piece).Select(token => new TextToken(token.Id, piece[token.Start].Start, piece[token.End - 1].End)))];
    }

    private static BytePairModel Read(string vocabulary, string merges)
        => BytePairReader.Read(name => new MemoryStream(Encoding.UTF8.GetBytes(name == "vocab.json" ? vocabulary : merges)), "vocab.json", "merges.txt", Unknown);
}
