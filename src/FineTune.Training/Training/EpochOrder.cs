using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>
/// The order of the training rows: shuffled in each epoch. Batches of texts of similar length would need less padding, but models learn less from them (docs/benchmarks.md), and
/// padding costs little where it is left out of everything but attention (<see cref="TokenPacking"/>).
/// </summary>
internal static class EpochOrder
{
    /// <summary>The batches of one epoch, each a list of row indices. Depends on the seed, the epoch and the number of rows only.</summary>
    public static IReadOnlyList<int[]> Batches(int rows, int batchSize, int seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        new RandomStream(seed, $"order of epoch {epoch}").Shuffle<int>(order);
        return [.. order.Chunk(batchSize)];
    }
}
