namespace FineTune.Training.Models.Attention;

/// <summary>Where the vectors of one head of one row are in a matrix of all.</summary>
/// <param name="FirstRow">The first one's row.</param>
/// <param name="FirstColumn">Where each begins.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Columns">How long they are.</param>
internal readonly record struct VectorBlock(long FirstRow, int FirstColumn, int Rows, int Columns)
{
    /// <summary>Number of values.</summary>
    public int Count => Rows * Columns;

    /// <summary>The block of the same rows that begins some columns to the right.</summary>
    public VectorBlock Beside(int columns) => this with { FirstColumn = FirstColumn + columns };
}
