using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

public sealed class ReferenceParityTests
{
    [Fact]
    public void Bert_uncased_gives_the_reference_ids_and_ranges_on_every_line()
        => AssertEqualToReference(TextTokenizer.FromHuggingFaceFolder(SharedFiles.Require("models/bert-uncased-tokenizer"), out _), "bert-uncased");

    [Fact]
    public void Bert_uncased_step_by_step_gives_the_same_ids_and_ranges_on_every_line()
    {
        var folder = SharedFiles.Require("models/bert-uncased-tokenizer");
        TextTokenizer.FromHuggingFaceFolder(folder, out var settings);

        AssertEqualToReference(TextTokenizer.Create(settings with { Kind = TextTokenizer.JsonKind, Files = ["tokenizer.json"] }, name => File.OpenRead(Path.Combine(folder, name))), "bert-uncased");
    }

    [Theory]
    [InlineData("wordpiece-8192-uncased", true)]
    [InlineData("wordpiece-8192-cased", false)]
    public void Corpus_vocabulary_gives_the_reference_ids_and_ranges_on_every_line(string reference, bool lowercase)
    {
        var vocabulary = SharedFiles.Require("corpus/wordpiece-8192.txt");
        var settings = new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = lowercase, StripAccents = lowercase, SplitChineseCharacters = true };

        AssertEqualToReference(TextTokenizer.Create(settings, _ => File.OpenRead(vocabulary)), reference);
    }

    private static void AssertEqualToReference(TextTokenizer tokenizer, string reference)
    {
        var lines = ReferenceLine.Read(reference);

        Assert.Equal("", ReferenceLine.Differences(lines, tokenizer.Tokenize, specialTokensAtEachEnd: 1));
        Assert.All(lines, line =>
        {
            Assert.Equal(line.Ids, tokenizer.Encode(line.Text, int.MaxValue));
            Assert.Equal(line.Ids.Length, tokenizer.CountTokens(line.Text));
        });
    }
}
