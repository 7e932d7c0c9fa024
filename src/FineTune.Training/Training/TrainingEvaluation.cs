namespace FineTune.Training.Training;

/// <summary>One evaluation of the validation rows during training.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Passes over the training rows done, with fractions.</param>
/// <param name="Metrics">The metrics by name.</param>
/// <param name="Outputs">What the model says about each validation row.</param>
internal sealed record TrainingEvaluation(int Step, double Epoch, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<IReadOnlyList<float>> Outputs);
