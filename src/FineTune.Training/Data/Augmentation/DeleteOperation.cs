using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>
/// Leaves words out, but never all of a region, so that neither a text nor a span becomes empty, and only those that stand alone. Of the white space on both
/// sides of a deleted word, that before it stays; at the end of the text, that behind it.
/// </summary>
internal sealed class DeleteOperation : IWordOperation
{
    /// <inheritdoc />
    public IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random)
    {
        var remaining = words.CountBy(word => word.Region).ToDictionary();
        var kept = new List<Word>();
        string? spaceBefore = null;
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index] with { Space = spaceBefore ?? words[index].Space };
            if (remaining[word.Region] > 1 && WordSequence.StandsAlone(words, index) && random.NextDouble() < probability)
            {
                remaining[word.Region]--;
                spaceBefore = word.Space;
            }
            else
            {
                kept.Add(word);
                spaceBefore = null;
            }
        }

        return kept;
    }
}
