namespace FineTune.Runtime.Inference;

/// <summary>Puts inputs of similar length together, so that little of a batch is padding.</summary>
internal static class BatchPlan
{
    /// <summary>The largest number of inputs in one batch.</summary>
    internal const int LargestBatch = 32;

    /// <summary>Groups inputs by length; equal lengths keep their order, so that the plan depends on nothing but the inputs.</summary>
    /// <returns>The positions in <paramref name="inputs"/> of each batch.</returns>
    internal static IEnumerable<IReadOnlyList<int>> ByLength(IReadOnlyList<EncodedInput> inputs)
    {
        var order = Enumerable.Range(0, inputs.Count).OrderBy(index => inputs[index].Ids.Length).ToArray();
        for (var start = 0; start < order.Length; start += LargestBatch)
        {
            yield return new ArraySegment<int>(order, start, Math.Min(LargestBatch, order.Length - start));
        }
    }
}
