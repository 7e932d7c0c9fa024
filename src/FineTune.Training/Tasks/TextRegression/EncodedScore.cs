using FineTune.Training.Training;

namespace FineTune.Training.Tasks.TextRegression;

/// <summary>A row with a number.</summary>
/// <param name="Tokens">Token ids with special tokens, cut to the longest allowed length.</param>
/// <param name="Score">The number, on the scale that the model learns.</param>
/// <param name="Row">Its place among the rows that it comes from.</param>
/// <param name="Segments">Which text of a pair each token belongs to; <see langword="null"/> when all belong to the first.</param>
internal sealed record EncodedScore(int[] Tokens, float Score, int Row = 0, int[]? Segments = null) : EncodedRow(Tokens, Row, Segments);
