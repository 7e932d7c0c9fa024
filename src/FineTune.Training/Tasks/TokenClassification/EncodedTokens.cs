using FineTune.Training.Training;

namespace FineTune.Training.Tasks.TokenClassification;

/// <summary>A text, or a window of it, with a tag for each of its words.</summary>
/// <param name="Tokens">Token ids with special tokens.</param>
/// <param name="Wanted">For each word the place of its first token.</param>
/// <param name="Tags">For each word the index of its tag.</param>
/// <param name="Row">The place of the text among those that it comes from.</param>
internal sealed record EncodedTokens(int[] Tokens, int[] Wanted, int[] Tags, int Row = 0) : EncodedRow(Tokens, Row, null)
{
    /// <inheritdoc/>
    public override IReadOnlyList<int>? WantedTokens => Wanted;
}
