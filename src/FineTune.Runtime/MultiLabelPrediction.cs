namespace FineTune.Runtime;

/// <summary>The labels that a model finds for one text.</summary>
public sealed class MultiLabelPrediction
{
    internal MultiLabelPrediction(string text, IReadOnlyList<string> labels, IReadOnlyList<double> thresholds, float[] logits)
    {
        Text = text;
        Logits = logits;
        Scores = [.. logits.Select(Sigmoid.Of)];
        LabelIndices = [.. Enumerable.Range(0, logits.Length).Where(label => Scores[label] >= thresholds[label])];
        Labels = [.. LabelIndices.Select(label => labels[label])];
    }

    /// <summary>The text that was classified.</summary>
    public string Text { get; }

    /// <summary>The second text of a pair; <see langword="null"/> where the model reads single texts.</summary>
    public string? SecondText { get; internal init; }

    /// <summary>The labels whose probability reaches their threshold, in the model's order; there may be none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The positions of <see cref="Labels"/> in <see cref="MultiLabelClassifier.Labels"/>.</summary>
    public IReadOnlyList<int> LabelIndices { get; }

    /// <summary>The probability of each label, 0 to 1 and independent of the others, in the order of <see cref="MultiLabelClassifier.Labels"/>.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>The model's raw output for each label, in the order of <see cref="MultiLabelClassifier.Labels"/>, before the logistic function.</summary>
    public IReadOnlyList<float> Logits { get; }

    /// <summary>The labels and their probabilities, for people.</summary>
    public override string ToString() => LabelIndices.Count == 0 ? "no label" : string.Join(", ", LabelIndices.Select((label, index) => FormattableString.Invariant($"{Labels[index]} ({Scores[label]:0.000})")));
}
