namespace FineTune.Runtime.Tokenization;

/// <summary>Two texts as one input of a model.</summary>
/// <param name="Ids">The ids of both texts and of the special tokens around them.</param>
/// <param name="SegmentIds">For each id the segment that it belongs to (<c>token_type_ids</c>), as many as <paramref name="Ids"/>.</param>
internal sealed record EncodedPair(int[] Ids, int[] SegmentIds);
