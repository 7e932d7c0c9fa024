using Microsoft.ML;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Simple ways of answering with any number of labels.</summary>
internal static class MultiLabelBaselines
{
    /// <summary>
    /// The metrics of each baseline by its name, all that are not of one label. <c>majority</c> always answers with the most frequent labels, as many as
    /// training rows have on average; <c>tfidf</c> is a logistic regression for each label, with thresholds tuned on the validation rows as a model's are.
    /// </summary>
    /// <param name="train">The rows that the model learned from; of a pair of texts, both.</param>
    /// <param name="validation">The rows that the model's thresholds are tuned on.</param>
    /// <param name="rows">The rows that the model is measured on.</param>
    /// <param name="labels">The labels in their order.</param>
    /// <param name="cancellation">Cancels between the labels.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureAll(
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> train,
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> validation,
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> rows,
        IReadOnlyList<string> labels,
        CancellationToken cancellation)
    {
        IReadOnlyList<int>[] expected = [.. rows.Select(row => row.Labels)];
        return new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal)
        {
            ["majority"] = Measure(ByFrequency(train, rows.Count, labels.Count)),
            ["tfidf"] = Measure(ByTfidf(train, validation, rows, labels.Count, cancellation)),
        };

        Dictionary<string, double> Measure((IReadOnlyList<float[]> Logits, IReadOnlyList<double> Thresholds) answers)
            => BaselineComparison.WithoutLabels(MultiLabelEvaluation.Compute(expected, answers.Logits, labels, answers.Thresholds, intervals: false).Metrics);
    }

    /// <summary>The most frequent labels, as many as rows have on average and at least one; of equally frequent ones the first.</summary>
    internal static IReadOnlyList<int> MostFrequent(IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> train, int labelCount)
    {
        var frequencies = new int[labelCount];
        foreach (var label in train.SelectMany(row => row.Labels.Distinct()))
        {
            frequencies[label]++;
        }

        var count = Math.Max(1, (int)Math.Round((double)frequencies.Sum() / train.Count, MidpointRounding.AwayFromZero));
        return [.. Enumerable.Range(0, labelCount).OrderByDescending(label => frequencies[label]).Take(count)];
    }

    /// <summary>The logarithm of the odds of each label's frequency, with one row added that has it and one that has not, so that no label is impossible or certain.</summary>
    private static (IReadOnlyList<float[]> Logits, IReadOnlyList<double> Thresholds) ByFrequency(IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> train, int rows, int labelCount)
    {
        var frequencies = Enumerable.Repeat(1.0, labelCount).ToArray();
        foreach (var label in train.SelectMany(row => row.Labels.Distinct()))
        {
            frequencies[label]++;
        }

        float[] logits = [.. frequencies.Select(frequency => (float)Math.Log(frequency / (train.Count + 2 - frequency)))];
        var mostFrequent = MostFrequent(train, labelCount);
        return ([.. Enumerable.Repeat(logits, rows)], [.. Enumerable.Range(0, labelCount).Select(label => mostFrequent.Contains(label) ? 0.0 : 1.0)]);
    }

    private static (IReadOnlyList<float[]> Logits, IReadOnlyList<double> Thresholds) ByTfidf(
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> train,
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> validation,
        IReadOnlyList<(string Text, IReadOnlyList<int> Labels)> rows,
        int labelCount,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var context = new MLContext(TfidfFeatures.Seed);
        string[] texts = [.. train.Select(row => row.Text)];
        var (vectors, others) = TfidfFeatures.Vectors(context, texts, labelCount, [.. validation.Select(row => row.Text)], [.. rows.Select(row => row.Text)]);
        var iterations = TfidfFeatures.Iterations(texts, labelCount);
        var scores = others.Select(other => other.Select(_ => new float[labelCount]).ToArray()).ToArray();
        var oddsOfAll = Math.Log(train.Count + 1);
        for (var label = 0; label < labelCount; label++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool[] hasLabel = [.. train.Select(row => row.Labels.Contains(label))];
            var isConstant = hasLabel.Distinct().Count() == 1;
            var model = isConstant ? null : TfidfLinearModel.Classify(context, vectors, hasLabel, iterations);
            for (var part = 0; part < others.Length; part++)
            {
                for (var row = 0; row < others[part].Length; row++)
                {
                    // Where all training rows agree, there is nothing to learn.
                    scores[part][row][label] = (float)(model?.Of(others[part][row]) ?? (hasLabel[0] ? oddsOfAll : -oddsOfAll));
                }
            }
        }

        return (scores[1], LabelThresholds.Tune([.. validation.Select(row => row.Labels)], scores[0], labelCount));
    }
}
