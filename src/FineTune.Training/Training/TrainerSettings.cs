using FineTune.Training.Optimization;

namespace FineTune.Training.Training;

/// <summary>How the parameters are moved.</summary>
/// <param name="LearningRate">The highest rate.</param>
/// <param name="Schedule">The rate of each step as a share of the highest.</param>
/// <param name="MaxGradientNorm">The norm to which gradients are clipped; 0 for no clipping.</param>
internal sealed record TrainerSettings(double LearningRate, LearningRateSchedule Schedule, double MaxGradientNorm);
