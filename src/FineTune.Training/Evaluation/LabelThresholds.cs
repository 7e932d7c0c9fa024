using FineTune.Runtime;

namespace FineTune.Training.Evaluation;

/// <summary>
/// Chooses from which probability on each label is answered, so that the label's F1 on the validation rows is highest. Source: the per-label rule of Yang,
/// "A study of thresholding strategies for text categorization" (2001), and Fan and Lin, "A study on threshold selection for multi-label classification" (2007).
/// </summary>
internal static class LabelThresholds
{
    /// <summary>The threshold of a label about which the validation rows say too little.</summary>
    public const double Default = 0.5;

    /// <summary>With fewer rows than this the best threshold is chance.</summary>
    private const int FewestPositives = 5;

    /// <summary>
    /// The threshold of each label, above 0 and below 1. Of thresholds that give the same F1, the one nearest to <see cref="Default"/>; where that separates
    /// no two probabilities, the middle between them. A label with fewer than five validation rows keeps <see cref="Default"/>.
    /// </summary>
    /// <param name="expected">The indices of the labels of each validation row.</param>
    /// <param name="logits">The model's output for each validation row.</param>
    /// <param name="labelCount">How many labels there are.</param>
    public static IReadOnlyList<double> Tune(IReadOnlyList<IReadOnlyList<int>> expected, IReadOnlyList<IReadOnlyList<float>> logits, int labelCount)
    {
        var positives = Enumerable.Range(0, labelCount).Select(_ => new HashSet<int>()).ToArray();
        for (var row = 0; row < expected.Count; row++)
        {
            foreach (var label in expected[row])
            {
                positives[label].Add(row);
            }
        }

        return [.. positives.Select((rows, label) => rows.Count < FewestPositives ? Default : Tune([.. logits.Select((row, index) => (Sigmoid.Of(row[label]), rows.Contains(index)))], rows.Count))];
    }

    private static double Tune((double Probability, bool IsPositive)[] rows, int positives)
    {
        Array.Sort(rows, (first, second) => second.Probability.CompareTo(first.Probability));
        var (best, bestThreshold) = (-1.0, Default);
        var correct = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            correct += rows[row].IsPositive ? 1 : 0;
            var below = row + 1 < rows.Length ? rows[row + 1].Probability : 0;
            // Rows of equal probability are answered together. A probability that rounds to 0 leaves no room below it.
            if (below == rows[row].Probability)
            {
                continue;
            }

            var f1 = new ScoreCounts(positives, row + 1, correct).F1;
            var threshold = Between(below, rows[row].Probability);
            if (f1 > best || (f1 == best && Math.Abs(threshold - Default) < Math.Abs(bestThreshold - Default)))
            {
                (best, bestThreshold) = (f1, threshold);
            }
        }

        return bestThreshold;
    }

    /// <summary>A threshold that only the probabilities from <paramref name="above"/> on reach.</summary>
    private static double Between(double below, double above)
    {
        if (below < Default && Default <= above)
        {
            return Default;
        }

        var middle = below + ((above - below) / 2);
        return middle > below ? middle : above;
    }
}
