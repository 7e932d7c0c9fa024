namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>
/// Leaves the blanks that a token begins and ends with out of its range, as the byte-level post-processing of the tokenizers library does
/// (<c>trim_offsets</c>).
/// </summary>
/// <param name="vocabulary">The tokens with their ids.</param>
/// <param name="addsPrefixSpace">Whether a blank is put before texts. It is nowhere in the text, so nothing is left out for it.</param>
internal sealed class BlankTrimming(IReadOnlyDictionary<string, int> vocabulary, bool addsPrefixSpace)
{
    private readonly Dictionary<int, (int Leading, int Trailing)> _blanks = vocabulary
        .Where(entry => entry.Key.Length > 0 && (IsBlank(entry.Key[0]) || IsBlank(entry.Key[entry.Key.Length - 1])))
        .GroupBy(entry => entry.Value)
        .ToDictionary(entries => entries.Key, entries => BlanksOf(entries.First().Key));

    /// <summary>Trims the range of a token of the vocabulary.</summary>
    internal TextToken Trim(string text, TextToken token, bool isFirst) => _blanks.TryGetValue(token.Id, out var blanks) ? Trim(text, token, blanks, isFirst) : token;

    /// <summary>Trims the range of an added token, which may have taken white space along.</summary>
    internal TextToken TrimAdded(string text, TextToken token, string found, bool isFirst) => Trim(text, token, BlanksOf(found), isFirst);

    private TextToken Trim(string text, TextToken token, (int Leading, int Trailing) blanks, bool isFirst)
    {
        var (id, start, end) = token;
        var (leading, trailing) = blanks;
        if (leading == 1 && addsPrefixSpace && (isFirst || start == 0))
        {
            leading = 0;
        }

        for (; leading > 0 && start < end; leading--)
        {
            start += IsPair(text, start) ? 2 : 1;
        }

        for (; trailing > 0 && end > start; trailing--)
        {
            end -= IsPair(text, end - 2) ? 2 : 1;
        }

        return new TextToken(id, start, end);
    }

    private static (int Leading, int Trailing) BlanksOf(string token)
    {
        var (leading, trailing) = (0, 0);
        while (leading < token.Length && IsBlank(token[leading]))
        {
            leading++;
        }

        while (trailing < token.Length && IsBlank(token[token.Length - 1 - trailing]))
        {
            trailing++;
        }

        return (leading, trailing);
    }

    private static bool IsBlank(char character) => character == ByteCharacters.Blank || UnicodeText.IsWhiteSpace(character);

    private static bool IsPair(string text, int start) => start >= 0 && start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]);
}
