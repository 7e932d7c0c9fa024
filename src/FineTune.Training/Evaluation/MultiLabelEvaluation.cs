using FineTune.Core.Diagnostics;
using FineTune.Runtime;

namespace FineTune.Training.Evaluation;

/// <summary>
/// Measures a model that gives each text any number of labels. A label is answered when its probability, the logistic function of its logit, reaches the
/// label's threshold. The numbers equal scikit-learn's (all labels of the model, <c>zero_division=0</c>).
/// </summary>
internal static class MultiLabelEvaluation
{
    private static readonly string[] WithIntervals = ["f1.macro", "f1.micro", "f1.weighted", "hamming"];

    /// <summary>Computes all metrics from a model's logits.</summary>
    /// <param name="expected">The indices of each row's labels; there may be none.</param>
    /// <param name="logits">The model's output for each row: one number for each label.</param>
    /// <param name="labels">The labels in their order.</param>
    /// <param name="thresholds">The probability from which on each label is answered, as <see cref="LabelThresholds"/> finds it.</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <returns>
    /// <c>precision</c>, <c>recall</c> and <c>f1</c>, each with <c>.macro</c>, <c>.micro</c>, <c>.weighted</c> and <c>[label]</c>; <c>exact_match</c>,
    /// <c>hamming</c> and <c>loss</c>.
    /// </returns>
    /// <exception cref="FineTuneException">A logit is infinite or not a number (FT1040).</exception>
    /// <exception cref="ArgumentException">There are no rows, or the lengths differ.</exception>
    public static EvaluationResult Compute(
        IReadOnlyList<IReadOnlyList<int>> expected, IReadOnlyList<IReadOnlyList<float>> logits, IReadOnlyList<string> labels, IReadOnlyList<double> thresholds, bool intervals = true)
    {
        if (thresholds.Count != labels.Count)
        {
            throw new ArgumentException($"{thresholds.Count} thresholds for {labels.Count} labels.", nameof(thresholds));
        }

        RequireRows(expected.Count, logits.Count);

        var predicted = new List<IReadOnlyList<int>>(logits.Count);
        var loss = 0.0;
        for (var row = 0; row < logits.Count; row++)
        {
            ModelOutput.Check(logits[row], labels.Count, row);
            predicted.Add([.. Enumerable.Range(0, labels.Count).Where(label => Sigmoid.Of(logits[row][label]) >= thresholds[label])]);
            var isExpected = expected[row].ToHashSet();
            loss += Enumerable.Range(0, labels.Count).Sum(label => ModelOutput.BinaryCrossEntropy(logits[row][label], isExpected.Contains(label)));
        }

        var result = Compute(expected, predicted, labels, intervals);
        return result with { Metrics = new Dictionary<string, double>(result.Metrics, StringComparer.Ordinal) { ["loss"] = loss / ((double)logits.Count * labels.Count) } };
    }

    /// <summary>Computes the metrics of answers without probabilities: all but <c>loss</c>.</summary>
    /// <param name="expected">The indices of each row's labels; there may be none.</param>
    /// <param name="predicted">The indices of the labels that each row is answered with.</param>
    /// <param name="labels">The labels in their order.</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <exception cref="ArgumentException">There are no rows, or the lengths differ.</exception>
    public static EvaluationResult Compute(IReadOnlyList<IReadOnlyList<int>> expected, IReadOnlyList<IReadOnlyList<int>> predicted, IReadOnlyList<string> labels, bool intervals = true)
    {
        RequireRows(expected.Count, predicted.Count);
        Answer[] answers = [.. expected.Zip(predicted, (wanted, given) => new Answer([.. wanted.Distinct()], [.. given.Distinct()], [.. wanted.Intersect(given)]))];
        var times = new int[answers.Length];
        Array.Fill(times, 1);
        var counts = Count(answers, times, labels.Count);

        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, score) in ScoreCounts.Scores)
        {
            foreach (var average in (string[])["macro", "micro", "weighted"])
            {
                metrics[$"{name}.{average}"] = Average(average, counts, score, _ => true);
            }

            for (var label = 0; label < labels.Count; label++)
            {
                metrics[$"{name}[{labels[label]}]"] = score(counts[label]);
            }
        }

        metrics["exact_match"] = (double)answers.Count(answer => answer.IsExact) / answers.Length;
        metrics["hamming"] = Hamming(counts, answers.Length);
        return new EvaluationResult { Metrics = metrics, Intervals = intervals ? Intervals(answers, counts, metrics["exact_match"]) : new Dictionary<string, IReadOnlyList<double>>() };
    }

    private static void RequireRows(int expected, int predicted)
    {
        if (expected == 0 || expected != predicted)
        {
            throw new ArgumentException($"{expected} rows of expected and {predicted} of predicted labels.", nameof(predicted));
        }
    }

    private static ScoreCounts[] Count(Answer[] answers, int[] times, int labelCount)
    {
        var counts = new ScoreCounts[labelCount];
        for (var row = 0; row < answers.Length; row++)
        {
            if (times[row] == 0)
            {
                continue;
            }

            Add(answers[row].Expected, new ScoreCounts(times[row], 0, 0));
            Add(answers[row].Predicted, new ScoreCounts(0, times[row], 0));
            Add(answers[row].Correct, new ScoreCounts(0, 0, times[row]));
        }

        return counts;

        void Add(int[] labels, ScoreCounts added)
        {
            foreach (var label in labels)
            {
                counts[label] += added;
            }
        }
    }

    /// <param name="average">Which one.</param>
    /// <param name="counts">The counts of each label.</param>
    /// <param name="score">What is averaged.</param>
    /// <param name="isCounted">Which labels the macro average has.</param>
    private static double Average(string average, ScoreCounts[] counts, Func<ScoreCounts, double> score, Func<int, bool> isCounted)
    {
        switch (average)
        {
            case "macro":
                int[] labels = [.. Enumerable.Range(0, counts.Length).Where(isCounted)];
                return labels.Sum(label => score(counts[label])) / labels.Length;
            case "micro":
                return score(Total(counts));
            default:
                var expected = Total(counts).Expected;
                return expected == 0 ? 0 : counts.Sum(label => label.Expected * score(label)) / expected;
        }
    }

    private static ScoreCounts Total(ScoreCounts[] counts) => counts.Aggregate((left, right) => left + right);

    /// <summary>The share of all rows × labels that is wrong.</summary>
    private static double Hamming(ScoreCounts[] counts, int rows)
    {
        var total = Total(counts);
        return (total.Expected + total.Predicted - (2.0 * total.Correct)) / ((double)rows * counts.Length);
    }

    private static Dictionary<string, IReadOnlyList<double>> Intervals(Answer[] answers, ScoreCounts[] all, double exactMatch)
    {
        var intervals = ConfidenceIntervals.Bootstrap(answers.Length, WithIntervals, (times, values) =>
        {
            var counts = Count(answers, times, all.Length);
            // A label that a sample happens to miss is left out; one that the rows never had counts as 0, as it does in the metric itself.
            values[0] = Average("macro", counts, score => score.F1, label => counts[label].Occurs || !all[label].Occurs);
            values[1] = Average("micro", counts, score => score.F1, _ => true);
            values[2] = Average("weighted", counts, score => score.F1, _ => true);
            values[3] = Hamming(counts, answers.Length);
        });
        intervals["exact_match"] = ConfidenceIntervals.Wilson(exactMatch, answers.Length);
        return intervals;
    }

    /// <summary>One row: the labels that it has, those that it was given, and those that are both.</summary>
    private sealed record Answer(int[] Expected, int[] Predicted, int[] Correct)
    {
        public bool IsExact => Expected.Length == Correct.Length && Predicted.Length == Correct.Length;
    }
}
