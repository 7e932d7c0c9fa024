namespace FineTune.Runtime;

/// <summary>What a model says about one text.</summary>
public sealed class Prediction
{
    internal Prediction(string text, IReadOnlyList<string> labels, float[] logits)
    {
        Text = text;
        Logits = logits;
        Scores = Softmax.Of(logits);
        LabelIndex = Softmax.IndexOfLargest(logits);
        Label = labels[LabelIndex];
    }

    /// <summary>The text that was classified.</summary>
    public string Text { get; }

    /// <summary>The second text of a pair; <see langword="null"/> where the model reads single texts.</summary>
    public string? SecondText { get; internal init; }

    /// <summary>The most probable label.</summary>
    public string Label { get; }

    /// <summary>The position of <see cref="Label"/> in <see cref="TextClassifier.Labels"/>; the first where several are equally probable.</summary>
    public int LabelIndex { get; }

    /// <summary>The probability of <see cref="Label"/>, 0 to 1.</summary>
    public double Score => Scores[LabelIndex];

    /// <summary>The probability of each label, in the order of <see cref="TextClassifier.Labels"/>; they sum to 1.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>The model's raw output for each label, in the order of <see cref="TextClassifier.Labels"/>, before softmax.</summary>
    public IReadOnlyList<float> Logits { get; }

    /// <summary>The label and its probability, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Label} ({Score:0.000})");
}
