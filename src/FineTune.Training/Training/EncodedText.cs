namespace FineTune.Training.Training;

/// <summary>A row with one label.</summary>
/// <param name="Tokens">Token ids with special tokens, cut to the longest allowed length.</param>
/// <param name="Label">The label's index.</param>
/// <param name="Row">Its place among the rows that it comes from.</param>
/// <param name="Segments">Which text of a pair each token belongs to; <see langword="null"/> when all belong to the first.</param>
internal sealed record EncodedText(int[] Tokens, int Label, int Row = 0, int[]? Segments = null) : EncodedRow(Tokens, Row, Segments);
