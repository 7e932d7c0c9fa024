using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>
/// Lets neighbours change places, within their region and around the white space between them. A word moves by one place at most, and only when it stands alone:
/// a comma behind a span stays there.
/// </summary>
internal sealed class SwapOperation : IWordOperation
{
    /// <inheritdoc />
    public IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random)
    {
        Word[] swapped = [.. words];
        for (var index = 0; index < swapped.Length - 1; index++)
        {
            var (first, second) = (swapped[index], swapped[index + 1]);
            if (first.Region == second.Region && WordSequence.StandsAlone(words, index) && WordSequence.StandsAlone(words, index + 1) && random.NextDouble() < probability)
            {
                swapped[index] = first with { Text = second.Text };
                swapped[index + 1] = second with { Text = first.Text };
                index++;
            }
        }

        return swapped;
    }
}
