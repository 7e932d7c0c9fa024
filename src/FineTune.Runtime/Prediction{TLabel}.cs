namespace FineTune.Runtime;

/// <summary>What a model with typed labels says about one text.</summary>
/// <typeparam name="TLabel">The labels.</typeparam>
public sealed class Prediction<TLabel>
    where TLabel : struct, Enum
{
    private readonly Prediction _prediction;

    internal Prediction(Prediction prediction)
    {
        _prediction = prediction;
        Label = LabelEnum<TLabel>.At(prediction.LabelIndex);
    }

    /// <summary>The text that was classified.</summary>
    public string Text => _prediction.Text;

    /// <summary>The second text of a pair; <see langword="null"/> where the model reads single texts.</summary>
    public string? SecondText => _prediction.SecondText;

    /// <summary>The most probable label.</summary>
    public TLabel Label { get; }

    /// <summary>The probability of <see cref="Label"/>, 0 to 1.</summary>
    public double Score => _prediction.Score;

    /// <summary>The model's raw output for each label, in the order of the labels' values, before softmax.</summary>
    public IReadOnlyList<float> Logits => _prediction.Logits;

    /// <summary>The probability of a label, 0 to 1; those of all labels sum to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not one of the model's labels.</exception>
    public double ScoreOf(TLabel label) => _prediction.Scores[LabelEnum<TLabel>.Require(label)];

    /// <summary>The label and its probability, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Label} ({Score:0.000})");
}
