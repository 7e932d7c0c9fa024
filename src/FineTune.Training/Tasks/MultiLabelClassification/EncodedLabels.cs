using FineTune.Training.Training;

namespace FineTune.Training.Tasks.MultiLabelClassification;

/// <summary>A row with any number of labels.</summary>
/// <param name="Tokens">Token ids with special tokens, cut to the longest allowed length.</param>
/// <param name="Labels">The labels' indices.</param>
/// <param name="Row">Its place among the rows that it comes from.</param>
/// <param name="Segments">Which text of a pair each token belongs to; <see langword="null"/> when all belong to the first.</param>
internal sealed record EncodedLabels(int[] Tokens, IReadOnlyList<int> Labels, int Row = 0, int[]? Segments = null) : EncodedRow(Tokens, Row, Segments)
{
    /// <summary>For each label the number of rows that have it.</summary>
    public static int[] Count(IReadOnlyList<EncodedLabels> rows, int labelCount)
    {
        var counts = new int[labelCount];
        foreach (var label in rows.SelectMany(row => row.Labels))
        {
            counts[label]++;
        }

        return counts;
    }
}
