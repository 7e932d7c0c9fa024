namespace FineTune.Runtime.Tests;

public sealed class LargestValuesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(199)]
    [InlineData(200)]
    [InlineData(int.MaxValue)]
    public void They_are_the_first_of_all_values_in_order_with_equal_ones_as_they_were(int count)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            // Few different values, so that many are equal.
            float[] values = [.. Enumerable.Range(0, 200).Select(_ => random.Next(12) switch { 0 => float.NaN, 1 => float.NegativeInfinity, var value => value * random.Next(1, 3) })];

            var expected = values.Select((value, index) => (value, index)).OrderByDescending(item => item.value).ThenBy(item => item.index).Take(count);

            Assert.Equal(expected, LargestValues.Of(values, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void The_order_of_the_values_does_not_matter(int direction)
    {
        float[] values = [.. Enumerable.Range(0, 30522).Select(index => (float)(direction * index))];

        var largest = LargestValues.Of(values, 3);

        Assert.Equal(direction > 0 ? [30521, 30520, 30519] : [0, 1, 2], largest.Select(item => item.Index));
    }
}
