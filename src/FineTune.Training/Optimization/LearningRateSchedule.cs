using FineTune.Core.Specification;

namespace FineTune.Training.Optimization;

/// <summary>The learning rate of each step as a share of the highest one; the same numbers as <c>get_scheduler</c> of Hugging Face transformers.</summary>
/// <param name="Scheduler">How the rate goes after the warm-up.</param>
/// <param name="WarmupSteps">Steps in which the rate rises from 0.</param>
/// <param name="TotalSteps">All steps, warm-up included.</param>
internal sealed record LearningRateSchedule(Scheduler Scheduler, int WarmupSteps, int TotalSteps)
{
    /// <summary>Makes the schedule from an option in which a fraction below 1 is a share of all steps and a whole number is steps.</summary>
    public static LearningRateSchedule Create(Scheduler scheduler, double warmup, int totalSteps)
        => new(scheduler, (int)Math.Ceiling(warmup < 1 ? warmup * totalSteps : warmup), totalSteps);

    /// <summary>The factor of a step.</summary>
    /// <param name="step">Steps done before it, from 0.</param>
    public double FactorAt(int step)
    {
        if (step < WarmupSteps)
        {
            return (double)step / Math.Max(1, WarmupSteps);
        }

        var progress = (double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps);
        return Scheduler switch
        {
            Scheduler.Linear => Math.Max(0, 1 - progress),
            Scheduler.Cosine => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * progress))),
            Scheduler.Constant => 1,
            _ => throw new InvalidOperationException($"Unknown scheduler {Scheduler}."),
        };
    }
}
