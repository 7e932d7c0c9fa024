namespace FineTune.Training.Tasks;

/// <summary>What a model reached on some rows.</summary>
/// <param name="Metrics">The metrics by name.</param>
/// <param name="Intervals">95 % intervals of some of them.</param>
/// <param name="ConfusionMatrix">Rows of each label that got each label; empty where a row has not exactly one.</param>
internal sealed record TaskResult(IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals, IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix);
