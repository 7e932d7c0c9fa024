namespace FineTune.Runtime;

/// <summary>The number that a model answers a text with.</summary>
public sealed class RegressionPrediction
{
    internal RegressionPrediction(string text, float value)
    {
        Text = text;
        Value = value;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The second text of a pair; <see langword="null"/> where the model reads single texts.</summary>
    public string? SecondText { get; internal init; }

    /// <summary>The number, in the unit of the training data. It may lie outside of their range.</summary>
    public double Value { get; }

    /// <summary>The number, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Value:0.000}");
}
