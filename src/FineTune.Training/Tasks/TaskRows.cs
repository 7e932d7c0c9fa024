namespace FineTune.Training.Tasks;

/// <summary>The rows of a task.</summary>
/// <typeparam name="TData">A row of the data.</typeparam>
/// <param name="Train">The rows to learn from, in the order of the files.</param>
/// <param name="TrainCopies">Altered copies of them, to learn from as well; made anew by each enumeration.</param>
/// <param name="Validation">The rows that choose the best evaluation.</param>
/// <param name="Test">The rows that neither training nor the choice of the best evaluation sees; may be empty.</param>
internal sealed record TaskRows<TData>(IReadOnlyList<TData> Train, IEnumerable<TData> TrainCopies, IReadOnlyList<TData> Validation, IReadOnlyList<TData> Test);
