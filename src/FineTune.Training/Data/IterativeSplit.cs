namespace FineTune.Training.Data;

/// <summary>
/// Takes validation rows out of rows that have any number of labels each: of each label the same share, as far as that goes. Source: Sechidis, Tsoumakas and
/// Vlahavas, "On the Stratification of Multi-label Data" (2011): the rarest label that still has rows is divided first, because later ones leave no choice for it.
/// </summary>
internal static class IterativeSplit
{
    /// <summary>
    /// Splits the rows; both sides keep the rows' order, and rows with the same text stay together. Each label with at least two different texts is wanted
    /// on both sides, and is there unless labels that are as rare stand in its way.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="labelsOf">The labels of a row.</param>
    /// <param name="labelCount">The number of labels.</param>
    /// <param name="share">The share of validation rows, above 0 and below 1.</param>
    /// <param name="seed">Decides which rows.</param>
    public static (IReadOnlyList<TRow> Train, IReadOnlyList<TRow> Validation) Split<TRow>(IReadOnlyList<TRow> rows, Func<TRow, IEnumerable<int>> labelsOf, int labelCount, double share, int seed)
        where TRow : ITextRow
    {
        var texts = rows.GroupBy(row => row.Input(), StringComparer.Ordinal).Select(same => (Input: same.Key, Labels: same.SelectMany(labelsOf).Distinct().Order().ToArray())).ToArray();
        new SplitMix64((ulong)seed).Shuffle(texts.AsSpan());
        var counts = new int[labelCount];
        foreach (var label in texts.SelectMany(text => text.Labels))
        {
            counts[label]++;
        }

        double[] validationWanted = [.. counts.Select(count => count < 2 ? 0.0 : Math.Max(1, Math.Round(count * share, MidpointRounding.AwayFromZero)))];
        double[] trainWanted = [.. counts.Zip(validationWanted, (count, wanted) => count - wanted)];
        var validationLeft = texts.Length < 2 ? 0.0 : Math.Max(1, Math.Round(texts.Length * share, MidpointRounding.AwayFromZero));
        var validation = new HashSet<string>(StringComparer.Ordinal);
        var isPlaced = new bool[texts.Length];

        // The rows of each label in the shuffled order; those that are placed already are passed over.
        var indices = texts.SelectMany((text, index) => text.Labels.Select(label => (label, index))).ToLookup(pair => pair.label, pair => pair.index);
        while (RarestLabel() is { } rarest)
        {
            foreach (var index in indices[rarest].Where(index => !isPlaced[index]))
            {
                // A validation row pays when its label is wanted there at least as much as, by its share, in training.
                var wantsValidation = validationWanted[rarest] > 0 && validationWanted[rarest] * (1 - share) >= trainWanted[rarest] * share;
                Place(index, wantsValidation);
            }
        }

        foreach (var index in Enumerable.Range(0, texts.Length).Where(index => !isPlaced[index]))
        {
            Place(index, validationLeft >= 1 && texts.Length - validation.Count > 1);
        }

        var sides = rows.ToLookup(row => validation.Contains(row.Input()));
        return ([.. sides[false]], [.. sides[true]]);

        int? RarestLabel()
        {
            int? rarest = null;
            for (var label = 0; label < labelCount; label++)
            {
                rarest = counts[label] > 0 && (rarest is null || counts[label] < counts[rarest.Value]) ? label : rarest;
            }

            return rarest;
        }

        void Place(int index, bool inValidation)
        {
            isPlaced[index] = true;
            foreach (var label in texts[index].Labels)
            {
                counts[label]--;
                (inValidation ? validationWanted : trainWanted)[label]--;
            }

            if (inValidation)
            {
                validation.Add(texts[index].Input);
                validationLeft--;
            }
        }
    }
}
