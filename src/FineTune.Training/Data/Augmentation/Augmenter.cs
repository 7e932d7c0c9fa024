using FineTune.Core.Specification;
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
    {
        for (var copy = 1; steps.Count > 0 && copy <= copies; copy++)
        {
            foreach (var row in rows)
            {
                if (Copy(new AugmentedText(row.Text, []), copy) is { } altered)
                {
                    yield return row with { Text = altered.Text };
                }
            }
        }
    }

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
}
