using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Words;

/// <summary>
/// Divides a text into overlapping windows so that each word is answered once, by its first token, with context on both sides: a quarter of a window, where the text goes on.
/// Training and apps share it.
/// </summary>
internal static class WordWindows
{
    /// <summary>The windows of a text, in order; together they answer all words, one after another.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="text">The text.</param>
    /// <param name="words">Its words in their order. One that the tokenizer drops is answered by the first token of its window.</param>
    /// <param name="maxLength">The longest window in tokens, special tokens included.</param>
    public static IReadOnlyList<WordWindow> Of(TextTokenizer tokenizer, string text, IReadOnlyList<TextWord> words, int maxLength)
    {
        var tokens = tokenizer.Tokenize(text);
        var capacity = Math.Max(1, maxLength - tokenizer.SingleSpecialTokenCount);
        var firstTokens = FirstTokens(tokens, words);
        var context = tokens.Count <= capacity ? 0 : capacity / 4;
        var windows = new List<WordWindow>();
        for (var (start, word) = (0, 0); word < words.Count || windows.Count == 0;)
        {
            var end = Math.Min(start + capacity, tokens.Count);
            var answered = end == tokens.Count ? tokens.Count : end - context;
            var wanted = new List<int>();
            // The first word always fits, so that each window makes progress.
            for (; word < words.Count && (firstTokens[word] < answered || wanted.Count == 0); word++)
            {
                wanted.Add(firstTokens[word] < 0 ? 0 : firstTokens[word] - start + tokenizer.TextStart);
            }

            windows.Add(new WordWindow(tokenizer.Encode(tokens, start, end - start), [.. wanted]));
            start = word < words.Count ? Math.Max(start + 1, firstTokens[word] - context) : start;
        }

        return windows;
    }

    /// <summary>The index of the first token of each word; -1 where it has none. Tokens and words are in the order of the text.</summary>
    private static int[] FirstTokens(IReadOnlyList<TextToken> tokens, IReadOnlyList<TextWord> words)
    {
        var first = new int[words.Count];
        var token = 0;
        for (var word = 0; word < first.Length; word++)
        {
            while (token < tokens.Count && tokens[token].End <= words[word].Start)
            {
                token++;
            }

            first[word] = token < tokens.Count && tokens[token].Start < words[word].End ? token : -1;
        }

        return first;
    }
}
