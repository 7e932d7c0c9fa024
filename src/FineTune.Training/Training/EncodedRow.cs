namespace FineTune.Training.Training;

/// <summary>A row as the model sees it; tasks add what is to be learned from it.</summary>
/// <param name="Tokens">Token ids with special tokens, cut to the longest allowed length.</param>
/// <param name="Row">Its place among the rows that it comes from.</param>
/// <param name="Segments">Which text of a pair each token belongs to; <see langword="null"/> when all belong to the first.</param>
internal record EncodedRow(int[] Tokens, int Row, int[]? Segments)
{
    /// <summary>The tokens that a head for tokens answers, by their places in <see cref="Tokens"/>; <see langword="null"/> where the head answers once for the whole row.</summary>
    public virtual IReadOnlyList<int>? WantedTokens => null;
}
