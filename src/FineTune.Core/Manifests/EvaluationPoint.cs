namespace FineTune.Core.Manifests;

/// <summary>One point of a training's learning curve.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">Passes over the training rows done.</param>
/// <param name="TrainingLoss">Mean loss of the training rows since the point before, with dropout.</param>
/// <param name="Metrics">Metrics of the validation rows: those that name no label.</param>
public sealed record EvaluationPoint(int Step, double Epoch, double TrainingLoss, IReadOnlyDictionary<string, double> Metrics);
