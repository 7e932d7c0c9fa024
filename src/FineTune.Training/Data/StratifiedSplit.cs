using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>Takes validation rows out of the training rows: of each stratum the same share, the same rows for the same seed on every platform.</summary>
internal static class StratifiedSplit
{
    /// <summary>The most strata that numbers are divided into.</summary>
    private const int NumberStrata = 10;

    /// <summary>
    /// Splits rows with a label; both sides keep the rows' order. Each label with at least two different texts has rows on both sides. Rows with the
    /// same text and label stay together, because a validation row that training has seen proves nothing.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="share">The share of validation rows, above 0 and below 1.</param>
    /// <param name="seed">Decides which rows.</param>
    public static (IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Validation) Split(IReadOnlyList<LabelledText> rows, double share, int seed)
        => Split(rows, row => row.Label, share, seed);

    /// <summary>Splits rows with a number: sorted by it they are divided into strata of equal size, at most ten. Rows with the same text stay together.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="share">The share of validation rows, above 0 and below 1.</param>
    /// <param name="seed">Decides which rows.</param>
    public static (IReadOnlyList<ScoredText> Train, IReadOnlyList<ScoredText> Validation) Split(IReadOnlyList<ScoredText> rows, double share, int seed)
    {
        ScoredText[] texts = [.. rows.DistinctBy(TextRows.Input).OrderBy(row => row.Score)];
        var strata = Math.Clamp((int)(texts.Length * share), 1, NumberStrata);
        var stratumOf = texts.Select((row, rank) => (Input: row.Input(), Stratum: (int)((long)rank * strata / texts.Length))).ToDictionary(text => text.Input, text => text.Stratum, StringComparer.Ordinal);
        return Split(rows, row => stratumOf[row.Input()], share, seed);
    }

    /// <summary>Splits rows of which nothing is known but the text. Rows with the same text stay together.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="share">The share of validation rows, above 0 and below 1.</param>
    /// <param name="seed">Decides which rows.</param>
    public static (IReadOnlyList<PlainText> Train, IReadOnlyList<PlainText> Validation) Split(IReadOnlyList<PlainText> rows, double share, int seed) => Split(rows, _ => 0, share, seed);

    /// <summary>The error for rows of which none can be set aside.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="location">The first row.</param>
    public static FineTuneException NothingToValidate(string reason, SourceLocation? location)
        => new("FT1026", $"{reason}, so no row can be split off for validation. Add rows, or give ValidationData.", location);

    private static (IReadOnlyList<TRow> Train, IReadOnlyList<TRow> Validation) Split<TRow>(IReadOnlyList<TRow> rows, Func<TRow, int> stratumOf, double share, int seed)
        where TRow : ITextRow
    {
        var random = new SplitMix64((ulong)seed);
        var validation = new HashSet<(string Input, int Stratum)>();
        foreach (var stratum in rows.GroupBy(stratumOf).OrderBy(stratum => stratum.Key))
        {
            var counts = stratum.GroupBy(row => row.Input(), StringComparer.Ordinal).Select(text => (Input: text.Key, Rows: text.Count())).ToArray();
            random.Shuffle(counts.AsSpan());
            var wanted = Math.Max(1, (int)Math.Round(stratum.Count() * share, MidpointRounding.AwayFromZero));
            for (var index = 0; index < counts.Length - 1 && wanted > 0; index++)
            {
                validation.Add((counts[index].Input, stratum.Key));
                wanted -= counts[index].Rows;
            }
        }

        var sides = rows.ToLookup(row => validation.Contains((row.Input(), stratumOf(row))));
        return ([.. sides[false]], [.. sides[true]]);
    }
}
