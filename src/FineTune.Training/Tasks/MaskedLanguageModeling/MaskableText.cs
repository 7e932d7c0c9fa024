using FineTune.Training.Models;

namespace FineTune.Training.Tasks.MaskedLanguageModeling;

/// <summary>A text, or a part of it, before anything is hidden.</summary>
/// <param name="Masking">How tokens are hidden.</param>
/// <param name="Tokens">Token ids with special tokens.</param>
/// <param name="Words">For each token the number of the word with which it is hidden; those of a word stand together. -1 for tokens that are never hidden.</param>
internal sealed record MaskableText(TokenMasking Masking, int[] Tokens, int[] Words)
{
    /// <summary>Hides some tokens, at least one.</summary>
    /// <param name="row">The place of the text among those that it comes from.</param>
    /// <param name="random">Chooses them.</param>
    public EncodedMaskedText Hide(int row, RandomStream random) => Masking.Hide(this, row, random);
}
