namespace FineTune.Training.Export;

/// <summary>A table of 8-bit integers: number (i, j) of the original table is about <c>Values[i, j] · Scales[i]</c>, off by at most half of the row's scale.</summary>
/// <param name="Values">The integers, in row-major order.</param>
/// <param name="Scales">The scale of each row.</param>
internal sealed record QuantizedTable(sbyte[] Values, float[] Scales)
{
    /// <summary>Rounds a table: each row's number that is farthest from 0 becomes ±<paramref name="largest"/>, and 0 stays 0.</summary>
    /// <param name="values">The table, in row-major order.</param>
    /// <param name="rows">Its number of rows.</param>
    /// <param name="largest">The largest integer, at most 127.</param>
    public static QuantizedTable Of(ReadOnlySpan<float> values, int rows, int largest)
    {
        var width = values.Length / rows;
        var integers = new sbyte[values.Length];
        var scales = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var numbers = values.Slice(row * width, width);
            var farthest = 0f;
            foreach (var number in numbers)
            {
                farthest = MathF.Max(farthest, MathF.Abs(number));
            }

            scales[row] = farthest > 0 ? farthest / largest : 1;
            for (var column = 0; column < width; column++)
            {
                integers[(row * width) + column] = (sbyte)MathF.Round(numbers[column] / scales[row]);
            }
        }

        return new QuantizedTable(integers, scales);
    }

    /// <summary>The same integers with rows and columns exchanged; each scale is one of a column then.</summary>
    public sbyte[] Transposed()
    {
        var (rows, columns) = (Scales.Length, Values.Length / Scales.Length);
        var transposed = new sbyte[Values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = Values[(row * columns) + column];
            }
        }

        return transposed;
    }
}
