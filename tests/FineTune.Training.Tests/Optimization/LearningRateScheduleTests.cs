using FineTune.Core.Specification;
using FineTune.Training.Optimization;
using FineTune.Training.Tests.Models;

namespace FineTune.Training.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    public static TheoryData<Scheduler, double, int> Schedules => [.. GoldenNumbers.All.Schedules.Select(golden => (golden.Scheduler, golden.Warmup, golden.Steps))];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void The_factors_are_those_of_transformers(Scheduler scheduler, double warmup, int steps)
    {
        var golden = GoldenNumbers.All.Schedules.Single(golden => (golden.Scheduler, golden.Warmup, golden.Steps) == (scheduler, warmup, steps));

        var schedule = LearningRateSchedule.Create(scheduler, warmup, steps);

        Assert.Equal(golden.Factors, Enumerable.Range(0, steps).Select(schedule.FactorAt), (expected, actual) => Math.Abs(expected - actual) <= 1e-12);
    }

    [Theory]
    [InlineData(0.1, 100, 10)]
    [InlineData(0.1, 101, 11)]
    [InlineData(0, 100, 0)]
    [InlineData(7, 100, 7)]
    public void A_fraction_is_a_share_of_all_steps_and_a_whole_number_is_steps(double warmup, int total, int expected)
        => Assert.Equal(expected, LearningRateSchedule.Create(Scheduler.Linear, warmup, total).WarmupSteps);
}
