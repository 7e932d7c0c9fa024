namespace FineTune.Runtime;

/// <summary>The labels that a model with typed labels finds for one text.</summary>
/// <typeparam name="TLabel">The labels.</typeparam>
public sealed class MultiLabelPrediction<TLabel>
    where TLabel : struct, Enum
{
    private readonly MultiLabelPrediction _prediction;

    internal MultiLabelPrediction(MultiLabelPrediction prediction)
    {
        _prediction = prediction;
        Labels = [.. prediction.LabelIndices.Select(LabelEnum<TLabel>.At)];
    }

    /// <summary>The text that was classified.</summary>
    public string Text => _prediction.Text;

    /// <summary>The second text of a pair; <see langword="null"/> where the model reads single texts.</summary>
    public string? SecondText => _prediction.SecondText;

    /// <summary>The labels whose probability reaches their threshold, in the order of their values; there may be none.</summary>
    public IReadOnlyList<TLabel> Labels { get; }

    /// <summary>The model's raw output for each label, in the order of the labels' values, before the logistic function.</summary>
    public IReadOnlyList<float> Logits => _prediction.Logits;

    /// <summary>Whether the text has a label.</summary>
    public bool Has(TLabel label) => Labels.Contains(label);

    /// <summary>The probability of a label, 0 to 1 and independent of the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not one of the model's labels.</exception>
    public double ScoreOf(TLabel label) => _prediction.Scores[LabelEnum<TLabel>.Require(label)];

    /// <summary>The labels and their probabilities, for people.</summary>
    public override string ToString() => Labels.Count == 0 ? "no label" : string.Join(", ", Labels.Select(label => FormattableString.Invariant($"{label} ({ScoreOf(label):0.000})")));
}
