using FineTune.Training.Export;

namespace FineTune.Training.Tests.Export;

public sealed class QuantizedTableTests
{
    [Fact]
    public void A_number_is_off_by_at_most_half_of_its_rows_scale()
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 5 * 40).Select(index => (float)((random.NextDouble() - 0.5) * Math.Pow(10, (index / 40) - 2)))];

        var table = QuantizedTable.Of(values, rows: 5, largest: 64);

        Assert.All(Enumerable.Range(0, values.Length), index => Assert.InRange(Math.Abs(values[index] - (table.Values[index] * table.Scales[index / 40])), 0, table.Scales[index / 40] * 0.5001));
        Assert.All(table.Values.Chunk(40), row => Assert.Equal(64, row.Max(value => Math.Abs((int)value))));
    }

    [Fact]
    public void Zero_stays_zero()
    {
        var table = QuantizedTable.Of([0, 0, 0, 0, 3, -1], rows: 2, largest: 64);

        Assert.Equal<sbyte>([0, 0, 0, 0, 64, -21], table.Values);
        Assert.Equal([1, 3f / 64], table.Scales);
    }

    [Fact]
    public void Rows_become_columns()
        => Assert.Equal<sbyte>([64, 32, 64, 64, 0, 21], QuantizedTable.Of([2, 2, 0, 3, 6, 2], rows: 2, largest: 64).Transposed());
}
