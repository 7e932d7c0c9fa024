using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tests.Tokenization;

public sealed class BytePairTests
{
    private const string Unknown = "<unk>";

    [Fact]
    public void Gpt2_gives_the_reference_ids_and_offsets_on_every_line()
    {
        var folder = SharedFiles.Require("models/gpt2-tokenizer");
        var model = BytePairReader.Read(name => File.OpenRead(Path.Combine(folder, name)), "gpt2_vocab.json", "gpt2_merges.txt", Unknown);
        using var stream = new GZipStream(File.OpenRead(SharedFiles.Require("data/tokenizers/gpt2.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        var differences = new StringBuilder();
        var lines = 0;
        while (reader.ReadLine() is { } line)
        {
            lines++;
            using var document = JsonDocument.Parse(line);
            var text = document.RootElement.GetProperty("text").GetString()!;
            var ids = document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());
            var offsets = document.RootElement.GetProperty("offsets").EnumerateArray().Select(range => (Unit(text, range[0].GetInt32()), Unit(text, range[1].GetInt32())));
            var actual = Tokenize(model, text);
            if (!ids.SequenceEqual(actual.Select(token => token.Id)) || !offsets.SequenceEqual(actual.Select(token => (token.Start, token.End))))
            {
                differences.AppendLine($"line {lines}: {line}\n  ours: {string.Join(' ', actual)}");
            }
        }

        Assert.Equal("", differences.ToString());
        Assert.Equal(2357, lines);
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

    private static List<SubwordToken> Tokenize(BytePairModel model, string text)
    {
        var pieces = new ByteLevelPreTokenizer(addPrefixSpace: false).Split(AlignedText.From(text, 0, text.Length));
        return [.. pieces.SelectMany(piece => model.Tokenize(piece).Select(token => new SubwordToken(token.Id, piece[token.Start].Start, piece[token.End - 1].End)))];
    }

    // The reference counts code points.
    private static int Unit(string text, int codePoints)
    {
        var unit = 0;
        for (; codePoints > 0; codePoints--)
        {
            unit += char.IsHighSurrogate(text[unit]) ? 2 : 1;
        }

        return unit;
    }

    private static BytePairModel Read(string vocabulary, string merges)
        => BytePairReader.Read(name => new MemoryStream(Encoding.UTF8.GetBytes(name == "vocab.json" ? vocabulary : merges)), "vocab.json", "merges.txt", Unknown);
}
