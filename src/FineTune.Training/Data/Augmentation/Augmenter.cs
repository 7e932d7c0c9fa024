using FineTune.Core.Specification;
using FineTune.Runtime.Words;
using FineTune.Training.Data.Tokens;
using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>
/// Makes altered copies of texts. A copy depends on the seed, the operations, its number and its own text, and on nothing else: neither on other rows nor on
/// the row's place, nor on the machine or its culture.
/// </summary>
internal sealed class Augmenter
{
    /// <summary>How often a copy is tried when nothing was altered. A text that is short, or has nothing to alter, may never change.</summary>
    private const int Attempts = 10;

    private readonly IReadOnlyList<(IWordOperation Operation, double Probability)> steps;
    private readonly int copies;
    private readonly int seed;

    private Augmenter(IReadOnlyList<(IWordOperation Operation, double Probability)> steps, int copies, int seed)
    {
        this.steps = steps;
        this.copies = copies;
        this.seed = seed;
    }

    /// <summary>The augmentation of a plan; without <c>Augment</c> it makes no copies.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="synonyms">What the plan's <c>Synonyms</c> hold.</param>
    public static Augmenter Of(TrainingPlan plan, SynonymTable synonyms) => new(
        [.. TextAugmentation.Parse(plan.Augment).Steps.Select(step => (WordOperations.Create(step.Operation, synonyms), step.Probability))],
        plan.AugmentCopies,
        plan.Seed);

    /// <summary>The altered copies of all rows, with their labels and origins; made one by one while they are enumerated.</summary>
    public IEnumerable<LabelledText> CopiesOf(IReadOnlyList<LabelledText> rows)
        => CopiesOf(rows, (row, copy) => CopyOfInput(row, copy) is var (text, pair) ? row with { Text = text, Pair = pair } : null);

    /// <inheritdoc cref="CopiesOf(IReadOnlyList{LabelledText})"/>
    public IEnumerable<MultiLabelText> CopiesOf(IReadOnlyList<MultiLabelText> rows)
        => CopiesOf(rows, (row, copy) => CopyOfInput(row, copy) is var (text, pair) ? row with { Text = text, Pair = pair } : null);

    /// <inheritdoc cref="CopiesOf(IReadOnlyList{LabelledText})"/>
    public IEnumerable<ScoredText> CopiesOf(IReadOnlyList<ScoredText> rows)
        => CopiesOf(rows, (row, copy) => CopyOfInput(row, copy) is var (text, pair) ? row with { Text = text, Pair = pair } : null);

    /// <summary>The altered copies of all rows, in which the entities are still those of the originals; made one by one while they are enumerated.</summary>
    public IEnumerable<TaggedText> CopiesOf(IReadOnlyList<TaggedText> rows) => CopiesOf(rows, CopyOfTagged);

    /// <summary>One altered copy of a text; <see langword="null"/> when it still was like the original after a number of attempts.</summary>
    /// <param name="original">The text and its spans.</param>
    /// <param name="copy">The number of the copy.</param>
    /// <exception cref="ArgumentException">A span is not within the text, cuts a character, or has no word.</exception>
    public AugmentedText? Copy(AugmentedText original, int copy)
    {
        var words = WordSequence.Of(original);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var random = new RandomStream(seed, $"attempt {attempt} at augmented copy {copy} of {original.Text}");
            var altered = (words with { Words = steps.Aggregate(words.Words, (current, step) => step.Operation.Apply(current, step.Probability, random)) }).ToText();
            if (altered.Text != original.Text)
            {
                return altered;
            }
        }

        return null;
    }

    private IEnumerable<TRow> CopiesOf<TRow>(IReadOnlyList<TRow> rows, Func<TRow, int, TRow?> copyOf)
        where TRow : class
    {
        for (var copy = 1; steps.Count > 0 && copy <= copies; copy++)
        {
            foreach (var row in rows)
            {
                if (copyOf(row, copy) is { } altered)
                {
                    yield return altered;
                }
            }
        }
    }

    private (string Text, string? Pair)? CopyOfInput(ITextRow row, int copy)
    {
        var text = Copy(new AugmentedText(row.Text, []), copy)?.Text;
        var pair = row.Pair is null ? null : Copy(new AugmentedText(row.Pair, []), copy)?.Text;
        return text is null && pair is null ? null : (text ?? row.Text, pair ?? row.Pair);
    }

    private TaggedText? CopyOfTagged(TaggedText row, int copy)
    {
        TextSpan[] spans = [.. EntityTagSet.Entities(row.Tags).Select(entity => new TextSpan(row.Words[entity.Start].Start, row.Words[entity.End - 1].End, string.Empty))];
        int[] types = [.. EntityTagSet.Entities(row.Tags).Select(entity => entity.Type)];
        if (!AreBetweenCharacters(row.Text, spans) || Copy(new AugmentedText(row.Text, spans), copy) is not { } altered)
        {
            return null;
        }

        // Given words never touch. Where words do, they were divided by their punctuation.
        var isDivided = row.Words.Zip(row.Words.Skip(1), (word, next) => word.End == next.Start).Any(touches => touches);
        var words = SpanWords.Divide(isDivided ? TextWords.Split(altered.Text) : SpanWords.SplitAtSpace(altered.Text), altered.Spans.SelectMany(span => new[] { span.Start, span.End }), out _);
        var tags = new int[words.Count];
        for (var span = 0; span < types.Length; span++)
        {
            for (var word = 0; word < tags.Length; word++)
            {
                if (words[word].Start >= altered.Spans[span].Start && words[word].End <= altered.Spans[span].End)
                {
                    tags[word] = EntityTagSet.IndexOf(types[span], isFirst: words[word].Start == altered.Spans[span].Start);
                }
            }
        }

        return row with { Text = altered.Text, Words = words, Tags = tags };
    }

    /// <summary>Whether no span cuts a character as readers see it; words of data files may.</summary>
    private static bool AreBetweenCharacters(string text, TextSpan[] spans)
    {
        var borders = new HashSet<int> { text.Length };
        for (var position = 0; position < text.Length; position += TextElements.LengthAt(text, position))
        {
            borders.Add(position);
        }

        return Array.TrueForAll(spans, span => borders.Contains(span.Start) && borders.Contains(span.End));
    }
}
