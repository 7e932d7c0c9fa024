namespace FineTune.Runtime.Inference;

/// <summary>Puts inputs of similar length together, so that little of a batch is padding.</summary>
internal static class BatchPlan
{
    /// <summary>The largest number of inputs in one batch.</summary>
    internal const int LargestBatch = 32;

    /// <summary>The largest number of outputs of one batch, where each token has some: 64 MB.</summary>
    internal const long MostOutputs = 1 << 24;

    /// <summary>Groups inputs by length; equal lengths keep their order, so that the plan depends on nothing but the inputs.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputCount">The number of outputs that a token may have.</param>
    /// <param name="largestBatch">The largest number of inputs in one batch.</param>
    /// <returns>The positions in <paramref name="inputs"/> of each batch.</returns>
    internal static IEnumerable<IReadOnlyList<int>> ByLength(IReadOnlyList<EncodedInput> inputs, int outputCount = 1, int largestBatch = LargestBatch)
    {
        var order = Enumerable.Range(0, inputs.Count).OrderBy(index => inputs[index].Ids.Length).ToArray();
        for (int start = 0, count; start < order.Length; start += count)
        {
            // The last input of a batch is its longest one.
            for (count = 1; count < largestBatch && start + count < order.Length && (count + 1L) * inputs[order[start + count]].Ids.Length * outputCount <= MostOutputs; count++)
            {
            }

            yield return new ArraySegment<int>(order, start, count);
        }
    }
}
