using FineTune.Core.Specification;

namespace FineTune.Training.Training;

/// <summary>How many steps a training has.</summary>
/// <param name="StepsPerEpoch">Steps of one pass over the training rows.</param>
/// <param name="TotalSteps">All steps.</param>
internal sealed record TrainingLength(int StepsPerEpoch, int TotalSteps)
{
    /// <summary>The length that a plan has with so many rows, as Hugging Face Trainer counts it: whole batches per epoch, fractions of an epoch rounded up.</summary>
    public static TrainingLength Of(TrainingPlan plan, int rows)
    {
        var stepsPerEpoch = DivideUp(DivideUp(rows, plan.BatchSize), plan.GradientAccumulation);
        return new(stepsPerEpoch, plan.MaxSteps ?? (int)Math.Min(Math.Ceiling(plan.Epochs * stepsPerEpoch), int.MaxValue));
    }

    /// <summary>The passes over the rows after so many steps.</summary>
    public double EpochOf(int steps) => (double)steps / StepsPerEpoch;

    private static int DivideUp(int count, int size) => (count + size - 1) / size;
}
