using FineTune.Training.Training;

namespace FineTune.Training.Tasks.MaskedLanguageModeling;

/// <summary>A text, or a part of it, with some of its tokens hidden.</summary>
/// <param name="Tokens">Token ids with special tokens, as the model sees them.</param>
/// <param name="Wanted">The places of the tokens to guess.</param>
/// <param name="Targets">The tokens that belong there.</param>
/// <param name="Source">The text before anything was hidden.</param>
/// <param name="Row">The place of the text among those that it comes from.</param>
internal sealed record EncodedMaskedText(int[] Tokens, int[] Wanted, int[] Targets, MaskableText Source, int Row = 0) : EncodedRow(Tokens, Row, null)
{
    /// <inheritdoc/>
    public override IReadOnlyList<int>? WantedTokens => Wanted;
}
