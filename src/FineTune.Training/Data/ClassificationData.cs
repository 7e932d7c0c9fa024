namespace FineTune.Training.Data;

/// <summary>All rows of a classification plan, checked: every text has characters that are not white space, every label is known.</summary>
internal sealed record ClassificationData
{
    /// <summary>The labels; the position is the label's index.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The rows to learn from, in the order of the files.</summary>
    public required IReadOnlyList<LabelledText> Train { get; init; }

    /// <summary>Altered copies of <see cref="Train"/>, to learn from as well; made anew by each enumeration. Empty when the plan has no <c>Augment</c>.</summary>
    public IEnumerable<LabelledText> TrainCopies { get; init; } = [];

    /// <summary>The rows that choose the best epoch: from files of their own, or split from the training data.</summary>
    public required IReadOnlyList<LabelledText> Validation { get; init; }

    /// <summary>The rows that neither training nor the choice of the best epoch sees; empty when the plan has no test data.</summary>
    public required IReadOnlyList<LabelledText> Test { get; init; }
}
