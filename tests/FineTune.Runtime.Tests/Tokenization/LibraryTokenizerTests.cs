using System.Text.Json;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;
using Microsoft.ML.Tokenizers;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>A second opinion, of Microsoft.ML.Tokenizers, on text where it is right: docs/decisions/basic-tokenization.md has what it does not do.</summary>
public sealed class LibraryTokenizerTests
{
    private static readonly string TestData = Path.Combine(AppContext.BaseDirectory, "Tokenization", "TestData");

    private static readonly JsonElement HardLines = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Tokenization", "HardLines.json"))).RootElement;

    private static readonly string[] Lines =
    [
        "the quick brown fox jumps over the lazy dog", "Please, send 12 of them back.", "What came of it? Nothing, they said!", "a b c d e f g 1234567890", "unaffordable reunification", "Tokens and WORDS",
    ];

    [Fact]
    public void Word_pieces_of_plain_text_are_the_same()
    {
        var vocabulary = string.Join('\n', HardLines.GetProperty("vocabulary").EnumerateArray().Select(token => token.GetString()));
        var settings = new TokenizerSettings { Kind = TextTokenizer.WordPieceKind, Files = ["vocab.txt"], Lowercase = true, StripAccents = true, SplitChineseCharacters = true };
        var ours = TextTokenizer.Create(settings, _ => Text(vocabulary));
        var library = BertTokenizer.Create(Text(vocabulary));

        Assert.All(Lines, line => Assert.Equal(library.EncodeToIds(line, addSpecialTokens: false), ours.Tokenize(line).Select(token => token.Id)));
    }

    [Fact]
    public void SentencePiece_ids_of_plain_text_are_the_same()
    {
        var folder = Path.Combine(TestData, "sentencepiece", "llama");
        var ours = TextTokenizer.FromHuggingFaceFolder(folder, out _);
        using var stream = File.OpenRead(Path.Combine(folder, "tokenizer.model"));
        var library = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);

        Assert.All(Lines, line => Assert.Equal(library.EncodeToIds(line), ours.Tokenize(line).Select(token => token.Id)));
    }

    private static MemoryStream Text(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
