namespace FineTune.Training.Models.Attention;

/// <summary>The vectors of one head of one row: a block of columns in a matrix of all heads and rows.</summary>
/// <param name="start">The first vector.</param>
/// <param name="row">From a vector to the next.</param>
internal readonly unsafe struct HeadVectors(float* start, long row)
{
    /// <summary>The first vector.</summary>
    public float* Start { get; } = start;

    /// <summary>From a vector to the next.</summary>
    public long Row { get; } = row;
}
