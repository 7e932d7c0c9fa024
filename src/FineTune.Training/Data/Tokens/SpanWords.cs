using FineTune.Runtime.Words;

namespace FineTune.Training.Data.Tokens;

/// <summary>Words of a text under spans of it.</summary>
internal static class SpanWords
{
    /// <summary>The words of a text, divided where a border is inside of one.</summary>
    /// <param name="words">The words.</param>
    /// <param name="borders">Offsets in the text, in UTF-16 code units.</param>
    /// <param name="divided">How many words were divided.</param>
    public static IReadOnlyList<TextWord> Divide(IReadOnlyList<TextWord> words, IEnumerable<int> borders, out int divided)
    {
        var sorted = new SortedSet<int>(borders);
        var result = new List<TextWord>(words.Count);
        divided = 0;
        foreach (var word in words)
        {
            var start = word.Start;
            foreach (var border in sorted.GetViewBetween(word.Start, word.End).Where(border => border > word.Start && border < word.End))
            {
                result.Add(new TextWord(start, border - start));
                start = border;
            }

            divided += start > word.Start ? 1 : 0;
            result.Add(new TextWord(start, word.End - start));
        }

        return result;
    }

    /// <summary>The words that white space separates.</summary>
    public static IReadOnlyList<TextWord> SplitAtSpace(string text)
    {
        var words = new List<TextWord>();
        for (var position = 0; position < text.Length; position++)
        {
            var start = position;
            while (position < text.Length && !char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position > start)
            {
                words.Add(new TextWord(start, position - start));
            }
        }

        return words;
    }
}
