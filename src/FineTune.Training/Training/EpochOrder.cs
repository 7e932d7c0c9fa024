using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>The order of the training rows: shuffled in each epoch, with texts of similar length in the same batch so that little is filled up.</summary>
internal static class EpochOrder
{
    /// <summary>Batches within which rows are sorted by length. More saves little more; fewer batches mix lengths better.</summary>
    private const int BatchesInWindow = 16;

    /// <summary>The batches of one epoch, each a list of row indices. Depends on the seed, the epoch and the lengths only.</summary>
    public static IReadOnlyList<int[]> Batches(IReadOnlyList<int> lengths, int batchSize, int seed, int epoch)
    {
        var random = new RandomStream(seed, $"order of epoch {epoch}");
        int[] order = [.. Enumerable.Range(0, lengths.Count)];
        random.Shuffle<int>(order);

        // A stable sort keeps the random order of rows of equal length.
        int[][] batches = [.. order.Chunk(batchSize * BatchesInWindow).SelectMany(window => window.OrderBy(row => lengths[row]).Chunk(batchSize))];
        random.Shuffle<int[]>(batches);
        return batches;
    }
}
