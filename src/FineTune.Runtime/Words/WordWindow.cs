namespace FineTune.Runtime.Words;

/// <summary>A part of a text that a model reads at once, and the words that it answers there.</summary>
/// <param name="Ids">Token ids with special tokens.</param>
/// <param name="Wanted">For each answered word, in their order, the place of its first token in <paramref name="Ids"/>.</param>
internal sealed record WordWindow(int[] Ids, int[] Wanted);
