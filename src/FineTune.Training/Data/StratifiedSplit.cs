namespace FineTune.Training.Data;

/// <summary>Takes validation rows out of the training rows: of each label the same share, the same rows for the same seed on every platform.</summary>
internal static class StratifiedSplit
{
    /// <summary>
    /// Splits the rows; both sides keep the rows' order. Each label with at least two different texts has rows on both sides. Rows with the
    /// same text and label stay together, because a validation row that training has seen proves nothing.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="share">The share of validation rows, above 0 and below 1.</param>
    /// <param name="seed">Decides which rows.</param>
    public static (IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Validation) Split(IReadOnlyList<LabelledText> rows, double share, int seed)
    {
        var random = new SplitMix64((ulong)seed);
        var validation = new HashSet<(string Text, int Label)>();
        foreach (var label in rows.GroupBy(row => row.Label).OrderBy(label => label.Key))
        {
            var counts = label.GroupBy(row => row.Text, StringComparer.Ordinal).Select(text => (Text: text.Key, Rows: text.Count())).ToArray();
            random.Shuffle(counts.AsSpan());
            var wanted = Math.Max(1, (int)Math.Round(label.Count() * share, MidpointRounding.AwayFromZero));
            for (var index = 0; index < counts.Length - 1 && wanted > 0; index++)
            {
                validation.Add((counts[index].Text, label.Key));
                wanted -= counts[index].Rows;
            }
        }

        var sides = rows.ToLookup(row => validation.Contains((row.Text, row.Label)));
        return ([.. sides[false]], [.. sides[true]]);
    }
}
