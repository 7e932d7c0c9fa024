using FineTune.Core.Diagnostics;

namespace FineTune.Training.Evaluation;

/// <summary>Measures a classifier by its logits. The numbers equal scikit-learn's (all labels of the model, <c>zero_division=0</c>).</summary>
internal static class ClassificationEvaluation
{
    /// <summary>Computes all metrics; the answer to a row is the label with the highest logit, the first of equal ones.</summary>
    /// <param name="expected">The label index of each row.</param>
    /// <param name="logits">The model's output for each row: one number for each label.</param>
    /// <param name="labels">The labels in their order.</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <exception cref="FineTuneException">A logit is infinite or not a number (FT1040): no metric would mean anything.</exception>
    /// <exception cref="ArgumentException">There are no rows, or the lengths differ.</exception>
    public static ClassificationResult Compute(IReadOnlyList<int> expected, IReadOnlyList<IReadOnlyList<float>> logits, IReadOnlyList<string> labels, bool intervals = true)
    {
        if (expected.Count == 0 || expected.Count != logits.Count)
        {
            throw new ArgumentException($"{expected.Count} expected labels and {logits.Count} rows of logits.", nameof(logits));
        }

        var rows = new (int Expected, int Predicted)[expected.Count];
        var matrix = labels.Select(_ => new int[labels.Count]).ToArray();
        var counts = new LabelCounts(labels.Count);
        var loss = 0.0;
        for (var row = 0; row < rows.Length; row++)
        {
            ModelOutput.Check(logits[row], labels.Count, row);
            var predicted = ModelOutput.IndexOfHighest(logits[row]);
            rows[row] = (expected[row], predicted);
            matrix[expected[row]][predicted]++;
            counts.Add(expected[row], predicted);
            loss += ModelOutput.CrossEntropy(logits[row], expected[row], predicted);
        }

        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["accuracy"] = counts.Accuracy,
            ["mcc"] = counts.MatthewsCorrelation,
            ["loss"] = loss / rows.Length,
        };
        AddAverages(metrics, "precision", counts.Precision, counts, labels);
        AddAverages(metrics, "recall", counts.Recall, counts, labels);
        AddAverages(metrics, "f1", counts.F1, counts, labels);

        return new ClassificationResult { Metrics = metrics, Intervals = intervals ? Intervals(counts.Accuracy, rows, labels.Count) : new Dictionary<string, IReadOnlyList<double>>(), ConfusionMatrix = matrix };
    }

    private static void AddAverages(Dictionary<string, double> metrics, string name, Func<int, double> metric, LabelCounts counts, IReadOnlyList<string> labels)
    {
        metrics[$"{name}.macro"] = counts.Macro(metric);
        // With one label for each row, every wrong answer is one false positive and one false negative: all micro averages are the accuracy.
        metrics[$"{name}.micro"] = counts.Accuracy;
        metrics[$"{name}.weighted"] = counts.Weighted(metric);
        for (var label = 0; label < labels.Count; label++)
        {
            metrics[$"{name}[{labels[label]}]"] = metric(label);
        }
    }

    private static Dictionary<string, IReadOnlyList<double>> Intervals(double accuracy, (int Expected, int Predicted)[] rows, int labelCount)
    {
        var intervals = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal) { ["accuracy"] = ConfidenceIntervals.Wilson(accuracy, rows.Length) };
        foreach (var (metric, interval) in ConfidenceIntervals.BootstrapF1(rows, labelCount))
        {
            intervals[metric] = interval;
        }

        return intervals;
    }
}
