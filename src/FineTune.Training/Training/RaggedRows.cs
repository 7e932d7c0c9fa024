namespace FineTune.Training.Training;

/// <summary>Rows of different lengths, one after another.</summary>
internal static class RaggedRows
{
    /// <summary>Cuts values into rows.</summary>
    /// <param name="values">The values of all rows.</param>
    /// <param name="lengths">The length of each row; floats, because that is what weight files hold, and exact to 16 million.</param>
    public static IReadOnlyList<IReadOnlyList<float>> Split(float[] values, float[] lengths)
    {
        var rows = new IReadOnlyList<float>[lengths.Length];
        var start = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            var length = (int)lengths[row];
            rows[row] = new ArraySegment<float>(values, start, length);
            start += length;
        }

        return rows;
    }
}
