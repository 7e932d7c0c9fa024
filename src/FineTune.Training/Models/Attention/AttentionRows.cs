namespace FineTune.Training.Models.Attention;

/// <summary>The heads of all rows of a batch, for attention over real tokens alone.</summary>
internal sealed class AttentionRows
{
    private readonly TokenPacking packing;
    private readonly long[] weightStarts;
    private readonly int headCount;
    private readonly int size;
    private readonly bool firstTokenOnly;
    private readonly double scale;
    private readonly double dropout;
    private readonly ulong dropoutSeed;

    /// <summary>Divides a batch.</summary>
    /// <param name="packing">Where the rows are.</param>
    /// <param name="headCount">Number of heads.</param>
    /// <param name="size">Length of a head's vectors.</param>
    /// <param name="firstTokenOnly">Whether there is only the query of each row's first token.</param>
    /// <param name="scale">Of the products of queries and keys.</param>
    /// <param name="dropout">Probability with which a weight is left out.</param>
    /// <param name="dropoutSeed">Random numbers for that.</param>
    public AttentionRows(TokenPacking packing, int headCount, int size, bool firstTokenOnly, double scale, double dropout, ulong dropoutSeed)
    {
        (this.packing, this.headCount, this.size, this.firstTokenOnly, this.scale, this.dropout, this.dropoutSeed) = (packing, headCount, size, firstTokenOnly, scale, dropout, dropoutSeed);
        weightStarts = new long[packing.Lengths.Count + 1];
        for (var row = 0; row < packing.Lengths.Count; row++)
        {
            weightStarts[row + 1] = weightStarts[row] + (headCount * HeadOf(row).WeightsCount);
        }
    }

    /// <summary>The number of heads in all rows.</summary>
    public int HeadsOfAll => packing.Lengths.Count * headCount;

    /// <summary>The weights of all of them.</summary>
    public long WeightsCount => weightStarts[^1];

    /// <summary>The width of the vectors of all heads.</summary>
    public int Width => headCount * size;

    /// <summary>One of <see cref="HeadsOfAll"/>, where queries, keys and values are side by side.</summary>
    public AttentionPart this[int index]
    {
        get
        {
            var (row, number) = Math.DivRem(index, headCount);
            var head = HeadOf(row);
            var first = new VectorBlock(packing.Starts[row], number * size, packing.Lengths[row], size);
            var queries = firstTokenOnly ? new VectorBlock(row, number * size, 1, size) : first;
            var keys = first.Beside(Width);
            return new AttentionPart(head, queries, keys, keys.Beside(Width), queries, weightStarts[row] + (number * head.WeightsCount));
        }
    }

    /// <summary>The random numbers of one of <see cref="HeadsOfAll"/>.</summary>
    public DropoutMask Mask(int index) => new(dropoutSeed, index, dropout);

    private AttentionHead HeadOf(int row) => new(firstTokenOnly ? 1 : packing.Lengths[row], packing.Lengths[row], size, (float)scale, dropout);
}
