using FineTune.Core.Specification;
using FineTune.Training.Data;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>What the baselines reach on the rows that a model is measured on, and how much better the model is.</summary>
internal static class BaselineComparison
{
    /// <summary>All baselines, in the order in which they are reported.</summary>
    public static IReadOnlyList<IBaseline> All { get; } = [new MajorityBaseline(), new TfidfBaseline()];

    /// <summary>The metrics of each baseline by its name.</summary>
    /// <inheritdoc cref="Measure(IBaseline, IReadOnlyList{LabelledText}, IReadOnlyList{LabelledText}, int, CancellationToken)" path="/param"/>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureAll(IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> rows, int labelCount, CancellationToken cancellation)
        => All.ToDictionary(baseline => baseline.Name, baseline => Measure(baseline, train, rows, labelCount, cancellation), StringComparer.Ordinal);

    /// <summary>A baseline's <c>accuracy</c>, <c>f1.macro</c>, <c>f1.micro</c>, <c>f1.weighted</c> and <c>mcc</c>.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="train">The rows that the model learned from; the baselines learn from the same.</param>
    /// <param name="rows">The rows that the model is measured on.</param>
    /// <param name="labelCount">How many labels there are.</param>
    /// <param name="cancellation">Cancels between the baselines and their phases.</param>
    public static IReadOnlyDictionary<string, double> Measure(IBaseline baseline, IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> rows, int labelCount, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var answers = baseline.Answer(train, [.. rows.Select(row => row.Text)], labelCount, cancellation);
        var counts = new LabelCounts(labelCount);
        foreach (var (row, answer) in rows.Zip(answers))
        {
            counts.Add(row.Label, answer);
        }

        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["accuracy"] = counts.Accuracy,
            ["f1.macro"] = counts.Macro(counts.F1),
            // With one label for each row, the micro average is the accuracy.
            ["f1.micro"] = counts.Accuracy,
            ["f1.weighted"] = counts.Weighted(counts.F1),
            ["mcc"] = counts.MatthewsCorrelation,
        };
    }

    /// <summary>
    /// <c>gain.&lt;metric&gt;</c>: how much better the model is than the baseline that is best at the metric; of a metric that is better when it is lower, how
    /// much lower. A baseline's metric that is not defined does not count, and without any there is no gain.
    /// </summary>
    /// <param name="metrics">The model's metrics.</param>
    /// <param name="baselines">The metrics of each baseline by its name.</param>
    public static IEnumerable<KeyValuePair<string, double>> Gains(IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> baselines)
        => baselines.Values.SelectMany(baseline => baseline)
            .Where(metric => !double.IsNaN(metric.Value))
            .GroupBy(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal)
            .Select(metric => KeyValuePair.Create($"gain.{metric.Key}", TaskMetrics.IsBetterWhenLower(metric.Key) ? metric.Min() - metrics[metric.Key] : metrics[metric.Key] - metric.Max()));

    /// <summary>The metrics that are not of one label.</summary>
    public static Dictionary<string, double> WithoutLabels(IReadOnlyDictionary<string, double> metrics)
        => metrics.Where(metric => !metric.Key.EndsWith(']')).ToDictionary(StringComparer.Ordinal);
}
