namespace FineTune.Runtime;

/// <summary>What a model guesses in the places of a text's hidden tokens.</summary>
public sealed class MaskPrediction
{
    internal MaskPrediction(string text, IReadOnlyList<MaskedToken> masks)
    {
        Text = text;
        Masks = masks;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Its hidden tokens in their order; none where the text has no <see cref="MaskedLanguageModel.MaskToken"/>.</summary>
    public IReadOnlyList<MaskedToken> Masks { get; }

    /// <summary>The likeliest token in each place, for people.</summary>
    public override string ToString() => Masks.Count == 0 ? "no hidden token" : string.Join(", ", Masks);
}
