namespace FineTune.Runtime.Inference;

/// <summary>An input as the graph reads it.</summary>
/// <param name="Ids">Token ids with special tokens.</param>
/// <param name="SegmentIds">Which text of a pair each token belongs to; <see langword="null"/> when all belong to the first.</param>
internal readonly record struct EncodedInput(int[] Ids, int[]? SegmentIds = null);
