namespace FineTune.Runtime;

/// <summary>An entity that a model found in a text.</summary>
public sealed class EntityPrediction
{
    internal EntityPrediction(string text, int start, string label, int labelIndex, double score)
    {
        Text = text;
        Start = start;
        Label = label;
        LabelIndex = labelIndex;
        Score = score;
    }

    /// <summary>The entity as it stands in the text.</summary>
    public string Text { get; }

    /// <summary>Where it begins in the text, in UTF-16 code units: <c>text.Substring(Start, Length)</c> is <see cref="Text"/>.</summary>
    public int Start { get; }

    /// <summary>Its length in UTF-16 code units.</summary>
    public int Length => Text.Length;

    /// <summary>Its type.</summary>
    public string Label { get; }

    /// <summary>The position of <see cref="Label"/> in <see cref="TokenClassifier.Labels"/>.</summary>
    public int LabelIndex { get; }

    /// <summary>The mean probability of the tags of its words, 0 to 1.</summary>
    public double Score { get; }

    /// <summary>The entity, its type and its probability, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Text} [{Label}] ({Score:0.000})");
}
