using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Words;

namespace FineTune.Runtime.Tests.Words;

public sealed class WordWindowsTests
{
    private static readonly TextTokenizer Tokenizer = TextTokenizer.Create(
        new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = true, StripAccents = true, SplitChineseCharacters = true },
        _ => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(TinyModel.Vocabulary)));

    [Fact]
    public void A_short_text_is_one_window_with_the_first_token_of_each_word()
    {
        var window = Assert.Single(Of("the films badly good", 16));

        // [CLS] the film ##s bad ##ly good [SEP]
        Assert.Equal(Tokenizer.Encode("the films badly good", 16), window.Ids);
        Assert.Equal([1, 2, 4, 6], window.Wanted);
    }

    [Fact]
    public void A_text_without_words_is_one_window_without_answers()
        => Assert.Empty(Assert.Single(Of("  ", 16)).Wanted);

    [Fact]
    public void A_word_that_the_tokenizer_drops_is_answered_by_the_first_token()
        => Assert.Equal([1, 0, 2], Assert.Single(WordWindows.Of(Tokenizer, "the \u0001 film", [new(0, 3), new(4, 1), new(6, 4)], 16)).Wanted);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(64)]
    public void Windows_answer_every_word_once_by_its_own_token(int maxLength)
    {
        string[] words = [.. Enumerable.Range(0, 90).Select(word => word % 5 == 0 ? "films" : word % 3 == 0 ? "badly" : word % 2 == 0 ? "good" : "!")];

        var windows = Of(string.Join(' ', words), maxLength);

        Assert.All(windows, window => Assert.InRange(window.Ids.Length, 3, maxLength));
        int[] answered = [.. windows.SelectMany(window => window.Wanted.Select(place => window.Ids[place]))];
        Assert.Equal(words.Select(word => Tokenizer.Tokenize(word)[0].Id), answered);
    }

    [Fact]
    public void Where_a_text_goes_on_words_have_context_on_both_sides()
    {
        var windows = Of(string.Join(' ', Enumerable.Repeat("good", 100)), 18);

        // 16 tokens of text, of which a quarter is context.
        Assert.All(windows.Skip(1), window => Assert.True(window.Wanted[0] >= 1 + 4));
        Assert.All(windows.SkipLast(1), window => Assert.True(window.Wanted[^1] <= 16 - 4));
    }

    private static IReadOnlyList<WordWindow> Of(string text, int maxLength) => WordWindows.Of(Tokenizer, text, TextWords.Split(text), maxLength);
}
