namespace FineTune.Training.Data;

/// <summary>All rows of a plan, checked: every text has characters that are not white space, every label is known.</summary>
/// <typeparam name="TRow">A row of the task.</typeparam>
internal record TaskData<TRow>
{
    /// <summary>The names of the model's outputs; the position is the index. Empty where outputs have no names.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The rows to learn from, in the order of the files.</summary>
    public required IReadOnlyList<TRow> Train { get; init; }

    /// <summary>Altered copies of <see cref="Train"/>, to learn from as well; made anew by each enumeration. Empty when the plan has no <c>Augment</c>.</summary>
    public IEnumerable<TRow> TrainCopies { get; init; } = [];

    /// <summary>The rows that choose the best evaluation: from files of their own, or split from the training data.</summary>
    public required IReadOnlyList<TRow> Validation { get; init; }

    /// <summary>The rows that neither training nor the choice of the best evaluation sees; empty when the plan has no test data.</summary>
    public required IReadOnlyList<TRow> Test { get; init; }
}
