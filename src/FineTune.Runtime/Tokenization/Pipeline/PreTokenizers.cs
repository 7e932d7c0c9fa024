namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The pre-tokenizers of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizers
{
    private static readonly int[] BlankBefore = [' '];
    private static readonly Pattern ByteLevelWords = Pattern.Expression(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "");

    /// <summary>BERT's words and punctuation.</summary>
    internal static IEnumerable<AlignedText> Bert(AlignedText text)
        => AtCharacters(text, UnicodeText.IsWhiteSpace, SplitBehavior.Removed).SelectMany(word => AtCharacters(word, IsPunctuation, SplitBehavior.Isolated));

    /// <summary>Whether BERT sets a character apart.</summary>
    internal static bool IsPunctuation(int codePoint) => (BertUnicode.KindOf(codePoint) & BertCharacter.Punctuation) != 0;

    /// <summary>Runs of word characters, and runs of what is neither a word nor white space (<c>\w+|[^\w\s]+</c>).</summary>
    internal static IEnumerable<AlignedText> Words(AlignedText text)
    {
        for (var start = 0; start < text.Count;)
        {
            var (kind, end) = (KindOf(text[start].CodePoint), start + 1);
            while (end < text.Count && KindOf(text[end].CodePoint) == kind)
            {
                end++;
            }

            if (kind != 0)
            {
                yield return text.Slice(start, end);
            }

            start = end;
        }

        static int KindOf(int codePoint) => UnicodeText.IsWord(codePoint) ? 1 : UnicodeText.IsWhiteSpace(codePoint) ? 0 : 2;
    }

    /// <summary>GPT-2's (Radford et al. 2019): words with the blank before them, then each byte of their UTF-8 as a visible character.</summary>
    internal static IEnumerable<AlignedText> ByteLevel(AlignedText text, bool addsPrefixSpace, bool splitsWords)
    {
        var spaced = addsPrefixSpace && text.Count > 0 && text[0].CodePoint != ' ' ? text.Prepend(BlankBefore) : text;
        var words = splitsWords ? At(spaced, ByteLevelWords, SplitBehavior.Isolated, isInverted: false) : [spaced];
        return words.Select(Normalizers.ToBytes);
    }

    /// <summary>SentencePiece's words (Kudo and Richardson 2018): blanks become a visible mark, which begins each word.</summary>
    internal static IEnumerable<AlignedText> Metaspace(AlignedText text, int mark, MetaspacePrefix prefix, bool splitsWords)
    {
        var marked = text.Map(codePoint => codePoint == ' ' ? mark : codePoint);
        var isWanted = prefix == MetaspacePrefix.Always || (prefix == MetaspacePrefix.First && text.Count > 0 && text[0].Start == 0);
        if (isWanted && marked.Count > 0 && marked[0].CodePoint != mark)
        {
            marked = marked.Prepend([mark]);
        }

        return splitsWords ? AtCharacters(marked, codePoint => codePoint == mark, SplitBehavior.MergedWithNext) : [marked];
    }

    /// <summary>Splits at each character of a class.</summary>
    internal static IEnumerable<AlignedText> AtCharacters(AlignedText text, Func<int, bool> isDelimiter, SplitBehavior behavior)
    {
        List<(int, int)> delimiters = [];
        for (var i = 0; i < text.Count; i++)
        {
            if (isDelimiter(text[i].CodePoint))
            {
                delimiters.Add((i, i + 1));
            }
        }

        return At(text, delimiters, behavior, isInverted: false);
    }

    /// <summary>Splits where a pattern matches, or, inverted, between the matches.</summary>
    internal static IEnumerable<AlignedText> At(AlignedText text, Pattern pattern, SplitBehavior behavior, bool isInverted) => At(text, pattern.Find(text), behavior, isInverted);

    private static IEnumerable<AlignedText> At(AlignedText text, List<(int Start, int End)> delimiters, SplitBehavior behavior, bool isInverted)
    {
        List<(int Start, int End, bool IsDelimiter)> ranges = new((2 * delimiters.Count) + 1);
        var position = 0;
        foreach (var (start, end) in delimiters)
        {
            if (start > position)
            {
                ranges.Add((position, start, isInverted));
            }

            ranges.Add((start, end, !isInverted));
            position = end;
        }

        if (position < text.Count)
        {
            ranges.Add((position, text.Count, isInverted));
        }

        return Merge(ranges, behavior).Where(range => range.End > range.Start).Select(range => text.Slice(range.Start, range.End));
    }

    private static List<(int Start, int End)> Merge(List<(int Start, int End, bool IsDelimiter)> ranges, SplitBehavior behavior)
    {
        List<(int Start, int End)> merged = new(ranges.Count);
        for (var i = 0; i < ranges.Count; i++)
        {
            var (start, end, isDelimiter) = ranges[i];
            var previous = i > 0 && ranges[i - 1].IsDelimiter;
            var joins = behavior switch
            {
                SplitBehavior.MergedWithPrevious => i > 0 && isDelimiter && !previous,
                SplitBehavior.MergedWithNext => i > 0 && !isDelimiter && previous,
                SplitBehavior.Contiguous => i > 0 && isDelimiter == previous,
                _ => false,
            };
            if (joins)
            {
                merged[merged.Count - 1] = (merged[merged.Count - 1].Start, end);
            }
            else if (behavior != SplitBehavior.Removed || !isDelimiter)
            {
                merged.Add((start, end));
            }
        }

        return merged;
    }
}
