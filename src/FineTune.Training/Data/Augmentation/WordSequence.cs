using System.Text;

namespace FineTune.Training.Data.Augmentation;

/// <summary>A text as words, which know the spans they are in, so that the spans can be found again when words were moved, altered or left out.</summary>
internal sealed record WordSequence
{
    private readonly string trailingSpace;
    private readonly IReadOnlyList<(int FirstRegion, int LastRegion, string Label)> spans;

    private WordSequence(IReadOnlyList<Word> words, string trailingSpace, IReadOnlyList<(int FirstRegion, int LastRegion, string Label)> spans)
    {
        Words = words;
        this.trailingSpace = trailingSpace;
        this.spans = spans;
    }

    /// <summary>The words in their order. Each region keeps its place and at least one word, in whatever way they are altered.</summary>
    public IReadOnlyList<Word> Words { get; init; }

    /// <summary>Divides a text at white space and at the borders of its spans.</summary>
    /// <exception cref="ArgumentException">A span is not within the text, cuts a character, or has no word.</exception>
    public static WordSequence Of(AugmentedText source)
    {
        int[] borders = [.. source.Spans.SelectMany(span => new[] { span.Start, span.End }).Distinct().Order()];
        var words = Divide(source.Text, borders, out var trailingSpace);
        var spans = source.Spans.Select(span => (RegionAt(span.Start), RegionAt(span.End) - 1, span.Label)).ToArray();
        foreach (var (first, last, label) in spans)
        {
            if (!words.Exists(word => word.Region >= first && word.Region <= last))
            {
                throw new ArgumentException($"The span '{label}' has no word.", nameof(source));
            }
        }

        return new WordSequence(words, trailingSpace, spans);

        int RegionAt(int border) => Array.BinarySearch(borders, border) + 1;
    }

    /// <summary>The text that the words make, and where the spans are in it: each from its first word to its last.</summary>
    public AugmentedText ToText()
    {
        var text = new StringBuilder();
        var starts = new int[Words.Count];
        for (var index = 0; index < starts.Length; index++)
        {
            starts[index] = text.Append(Words[index].Space).Length;
            text.Append(Words[index].Text);
        }

        text.Append(trailingSpace);
        return new AugmentedText(text.ToString(), [.. spans.Select(Find)]);

        TextSpan Find((int FirstRegion, int LastRegion, string Label) span)
        {
            int[] inside = [.. Enumerable.Range(0, starts.Length).Where(index => Words[index].Region >= span.FirstRegion && Words[index].Region <= span.LastRegion)];
            return new TextSpan(starts[inside[0]], starts[inside[^1]] + Words[inside[^1]].Text.Length, span.Label);
        }
    }

    /// <summary>Whether a word has white space, or the text's border, on both sides; else it is written together with a word of another region.</summary>
    public static bool StandsAlone(IReadOnlyList<Word> words, int index)
        => (index == 0 || words[index].Space.Length > 0) && (index == words.Count - 1 || words[index + 1].Space.Length > 0);

    private static List<Word> Divide(string text, int[] borders, out string trailingSpace)
    {
        var words = new List<Word>();
        var (region, spaceStart, wordStart) = (0, 0, -1);
        for (var position = 0; position < text.Length;)
        {
            if (region < borders.Length && borders[region] <= position)
            {
                EndWord(position);
                RequireBorder(position);
                region++;
            }

            var length = TextElements.LengthAt(text, position);
            if (TextElements.IsSpace(text.AsSpan(position, length)))
            {
                EndWord(position);
            }
            else if (wordStart < 0)
            {
                wordStart = position;
            }

            position += length;
        }

        EndWord(text.Length);
        if (region < borders.Length)
        {
            RequireBorder(text.Length);
        }

        trailingSpace = text[spaceStart..];
        return words;

        void EndWord(int end)
        {
            if (wordStart >= 0)
            {
                words.Add(new Word(text[spaceStart..wordStart], text[wordStart..end], region));
                (spaceStart, wordStart) = (end, -1);
            }
        }

        void RequireBorder(int position)
        {
            if (borders[region] != position)
            {
                throw new ArgumentException($"A span begins or ends at {borders[region]}, which is not between two characters of the text.", nameof(borders));
            }
        }
    }
}
