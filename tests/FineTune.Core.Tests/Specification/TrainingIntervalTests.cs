using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class TrainingIntervalTests
{
    [Theory]
    [InlineData(1, IntervalUnit.Epoch, 10, new[] { 10, 20, 30 })]
    [InlineData(0.5, IntervalUnit.Epoch, 5, new[] { 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28, 30 })]
    [InlineData(0.1, IntervalUnit.Epoch, 30, new[] { 3, 6, 9, 12, 15, 18, 21, 24, 27, 30 })]
    [InlineData(7, IntervalUnit.Step, 10, new[] { 7, 14, 21, 28 })]
    [InlineData(1.5, IntervalUnit.Epoch, 10, new[] { 15, 30 })]
    public void It_ends_with_the_first_step_at_which_it_is_over(double count, IntervalUnit unit, int stepsPerEpoch, int[] expected) =>
        Assert.Equal(expected, Enumerable.Range(1, 30).Where(step => new TrainingInterval(count, unit).EndsWith(step, stepsPerEpoch)));

    [Theory]
    [InlineData(1, IntervalUnit.Epoch, "1 epoch")]
    [InlineData(0.5, IntervalUnit.Epoch, "0.5 epochs")]
    [InlineData(200, IntervalUnit.Step, "200 steps")]
    [InlineData(2.5, IntervalUnit.Minute, "2.5 minutes")]
    public void It_is_written_as_it_is_read(double count, IntervalUnit unit, string text)
    {
        Assert.Equal(text, new TrainingInterval(count, unit).ToString());
        Assert.Equal(new TrainingInterval(count, unit), TrainingInterval.TryParse(text));
    }
}
