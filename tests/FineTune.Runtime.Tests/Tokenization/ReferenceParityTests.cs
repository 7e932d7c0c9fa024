using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

public sealed class ReferenceParityTests
{
    [Fact]
    public void Bert_uncased_gives_the_reference_ids_on_every_line()
    {
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(SharedFiles.Require("models/bert-uncased-tokenizer"), out _);

        AssertEqualToReference(tokenizer, "bert-uncased");
    }

    [Theory]
    [InlineData("wordpiece-8192-uncased", true)]
    [InlineData("wordpiece-8192-cased", false)]
    public void Corpus_vocabulary_gives_the_reference_ids_on_every_line(string reference, bool lowercase)
    {
        var vocabulary = SharedFiles.Require("corpus/wordpiece-8192.txt");
        var settings = new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = lowercase, StripAccents = lowercase, SplitChineseCharacters = true };

        AssertEqualToReference(TextTokenizer.Create(settings, _ => File.OpenRead(vocabulary)), reference);
    }

    private static void AssertEqualToReference(TextTokenizer tokenizer, string reference)
    {
        using var stream = new GZipStream(File.OpenRead(SharedFiles.Require($"data/tokenizers/{reference}.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        var differences = new StringBuilder();
        var lines = 0;
        while (reader.ReadLine() is { } line)
        {
            lines++;
            using var document = JsonDocument.Parse(line);
            var text = document.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            var actual = tokenizer.Encode(text, int.MaxValue);
            if (!expected.SequenceEqual(actual))
            {
                differences.AppendLine($"line {lines}: {line}\n  ours: {string.Join(',', actual)}");
            }

            Assert.Equal(expected.Length, tokenizer.CountTokens(text));
        }

        Assert.Equal("", differences.ToString());
        Assert.Equal(2357, lines);
    }
}
