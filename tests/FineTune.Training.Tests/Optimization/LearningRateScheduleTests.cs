using FineTune.Core.Specification;
using FineTune.Training.Optimization;

namespace FineTune.Training.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    // transformers 5.12.1: get_scheduler(name, optimizer with lr 1, num_warmup_steps=3, num_training_steps=10), the rate of each step
    [Theory]
    [InlineData(Scheduler.Linear, new[] { 0, 1 / 3.0, 2 / 3.0, 1, 6 / 7.0, 5 / 7.0, 4 / 7.0, 3 / 7.0, 2 / 7.0, 1 / 7.0, 0 })]
    [InlineData(Scheduler.Cosine, new[] { 0, 1 / 3.0, 2 / 3.0, 1, 0.9504844339512095, 0.8117449009293668, 0.6112604669781572, 0.3887395330218429, 0.1882550990706332, 0.04951556604879043, 0 })]
    [InlineData(Scheduler.Constant, new[] { 0, 1 / 3.0, 2 / 3.0, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void The_factors_are_those_of_transformers(Scheduler scheduler, double[] expected)
    {
        var schedule = new LearningRateSchedule(scheduler, WarmupSteps: 3, TotalSteps: 10);

        for (var step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.FactorAt(step), 1e-12);
        }
    }

    [Theory]
    [InlineData(0.1, 100, 10)]
    [InlineData(0.1, 101, 11)]
    [InlineData(0, 100, 0)]
    [InlineData(7, 100, 7)]
    public void A_fraction_is_a_share_of_all_steps_and_a_whole_number_is_steps(double warmup, int total, int expected)
        => Assert.Equal(expected, LearningRateSchedule.Create(Scheduler.Linear, warmup, total).WarmupSteps);
}
