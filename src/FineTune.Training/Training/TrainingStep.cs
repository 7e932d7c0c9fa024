namespace FineTune.Training.Training;

/// <summary>One optimizer step that was done.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Items">Rows that it learned from.</param>
/// <param name="Loss">Mean loss of these rows before the step.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="LearningRate">The scheduled rate with which the step was done.</param>
internal sealed record TrainingStep(int Number, int Items, double Loss, double GradientNorm, double LearningRate);
