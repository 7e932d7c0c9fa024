using FineTune.Runtime.Entities;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Simple ways of answering words with tags.</summary>
internal static class TokenBaselines
{
    /// <summary>
    /// The metrics of each baseline by its name, all that are not of one type: <c>word</c> answers each word with the tag that it most often has in the
    /// training rows, the one with the lower index of equally frequent ones, and <c>O</c> for a word that they do not have. It is much like the baseline of the
    /// CoNLL shared tasks. Its <c>loss</c> gives each tag the share of the word's training rows that have it, and a word that they do not have the shares of all
    /// words, with one added to each count so that no tag is impossible.
    /// </summary>
    /// <param name="train">The rows that the model learned from: words and the indices of their tags.</param>
    /// <param name="rows">The rows that the model is measured on.</param>
    /// <param name="tags">The tags in the order of their indices: <c>O</c>, <c>B-type</c>, <c>I-type</c>, ….</param>
    /// <param name="cancellation">Cancels.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureAll(
        IReadOnlyList<(IReadOnlyList<string> Words, IReadOnlyList<int> Tags)> train,
        IReadOnlyList<(IReadOnlyList<string> Words, IReadOnlyList<int> Tags)> rows,
        IReadOnlyList<string> tags,
        CancellationToken cancellation)
    {
        var frequencies = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (var (words, wordTags) in train)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var word = 0; word < words.Count; word++)
            {
                if (!frequencies.TryGetValue(words[word], out var counts))
                {
                    counts = new int[tags.Count];
                    frequencies.Add(words[word], counts);
                }

                counts[wordTags[word]]++;
            }
        }

        var outside = new EntityTags(tags).Outside;
        var overall = Enumerable.Range(0, tags.Count).Select(tag => frequencies.Values.Sum(counts => counts[tag])).ToArray();
        var answers = rows.Select(row => (IReadOnlyList<int>)[.. row.Words.Select(Answer)]);
        var metrics = BaselineComparison.WithoutLabels(TokenEvaluation.Compute([.. rows.Select(row => row.Tags)], [.. answers], tags, intervals: false).Metrics);
        metrics["loss"] = rows.SelectMany(row => row.Words.Zip(row.Tags, Loss)).DefaultIfEmpty(double.NaN).Average();
        return new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal) { ["word"] = metrics };

        int Answer(string word) => frequencies.TryGetValue(word, out var counts) ? Array.IndexOf(counts, counts.Max()) : outside;

        double Loss(string word, int tag)
        {
            var counts = frequencies.GetValueOrDefault(word, overall);
            return Math.Log(counts.Sum(count => (double)count) + counts.Length) - Math.Log(counts[tag] + 1.0);
        }
    }
}
