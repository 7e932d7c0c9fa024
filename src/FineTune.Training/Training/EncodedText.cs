namespace FineTune.Training.Training;

/// <summary>A row as the model sees it.</summary>
/// <param name="Tokens">Token ids with special tokens, cut to the longest allowed length.</param>
/// <param name="Label">The label's index.</param>
/// <param name="Row">Its place among the rows that it comes from.</param>
internal sealed record EncodedText(int[] Tokens, int Label, int Row = 0);
