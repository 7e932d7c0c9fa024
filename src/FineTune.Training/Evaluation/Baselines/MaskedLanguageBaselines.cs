namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Simple ways of guessing masked tokens.</summary>
internal static class MaskedLanguageBaselines
{
    /// <summary>
    /// The metrics of each baseline by its name: <c>unigram</c> takes no notice of the text and gives each token the probability of its frequency in the
    /// training rows, with one added to each count so that no token is impossible (Laplace).
    /// </summary>
    /// <param name="train">The tokens of the rows that the model learned from, without special tokens.</param>
    /// <param name="masked">The tokens that the model had to guess.</param>
    /// <param name="vocabularySize">How many tokens there are.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureAll(IEnumerable<int> train, IReadOnlyCollection<int> masked, int vocabularySize)
    {
        var counts = new long[vocabularySize];
        var total = (long)vocabularySize;
        foreach (var token in train)
        {
            counts[token]++;
            total++;
        }

        var mostFrequent = Array.IndexOf(counts, counts.Max());
        var evaluation = new MaskedLanguageEvaluation();
        evaluation.Add(masked.Count, masked.Count(token => token == mostFrequent), masked.Sum(token => Math.Log(total) - Math.Log(counts[token] + 1)));
        return new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal) { ["unigram"] = evaluation.Compute(intervals: false).Metrics };
    }
}
