namespace FineTune.Training.Tasks.MultiLabelClassification;

/// <summary>How much the two answers to each label count in the loss.</summary>
/// <param name="Yes">For each label, how much the rows count that have it.</param>
/// <param name="No">For each label, how much the others count.</param>
internal sealed record AnswerWeights(IReadOnlyList<float> Yes, IReadOnlyList<float> No)
{
    /// <summary>
    /// Weights with which both answers to a label count the same, as scikit-learn's <c>balanced</c> has them: rows / (2 × rows with that answer). A label that all rows have, or
    /// none, keeps 1.
    /// </summary>
    public static AnswerWeights Balanced(IReadOnlyList<EncodedLabels> rows, int labelCount)
    {
        var with = EncodedLabels.Count(rows, labelCount);
        return new([.. with.Select(count => Of(count, rows.Count))], [.. with.Select(count => Of(rows.Count - count, rows.Count))]);
    }

    private static float Of(int count, int all) => count == 0 || count == all ? 1 : all / (2f * count);
}
