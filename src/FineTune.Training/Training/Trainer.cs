using FineTune.Core.Diagnostics;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>
/// Gradient descent as a sequence: each item that is drawn is one optimizer step. The trainer knows neither model nor task; logging, evaluation, the choice of the
/// best weights and early stopping belong to whoever draws.
/// </summary>
internal static class Trainer
{
    /// <summary>Trains lazily, one step for each group of batches. The gradient of a step is that of the mean loss over all items of its batches, however they are divided into batches.</summary>
    /// <param name="optimizer">Moves the parameters that are trained.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="steps">The batches of each step.</param>
    /// <param name="settings">How the parameters are moved.</param>
    /// <param name="stepsDone">Steps that were done before these, when a training goes on.</param>
    /// <param name="gradientsReady">Called with the step's number when its gradients are complete, before they are clipped and used.</param>
    /// <exception cref="FineTuneException">FT4001: the loss or the gradients are no longer numbers.</exception>
    public static IEnumerable<TrainingStep> Run<TBatch>(
        AdamW optimizer, ITrainingObjective<TBatch> objective, IEnumerable<IReadOnlyList<TBatch>> steps, TrainerSettings settings, int stepsDone = 0, Action<int>? gradientsReady = null)
    {
        var number = stepsDone;
        foreach (var batches in steps)
        {
            var rate = settings.LearningRate * settings.Schedule.FactorAt(number);
            var loss = AccumulateGradients(objective, batches);
            gradientsReady?.Invoke(number + 1);
            var norm = optimizer.ClipGradients(settings.MaxGradientNorm);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw new FineTuneException("FT4001", $"Training diverged: at step {number + 1} the loss is {loss} and the gradient norm {norm}; {(number == 0 ? "no step was good" : $"the last good step was {number}")}. Lower LearningRate, lengthen WarmupSteps, or keep MaxGradientNorm at 1.");
            }

            optimizer.Step(rate);
            number++;
            yield return new TrainingStep(number, batches.Sum(objective.CountOf), loss, norm, rate);
        }
    }

    private static double AccumulateGradients<TBatch>(ITrainingObjective<TBatch> objective, IReadOnlyList<TBatch> batches)
    {
        var total = 0.0;
        var weight = batches.Sum(objective.WeightOf);
        foreach (var batch in batches)
        {
            // Every tensor of the batch is freed here; only the gradients stay.
            using var scope = NewDisposeScope();
            var loss = objective.SummedLoss(batch).Times(1 / weight);
            objective.Backward(loss);
            total += loss.item<float>();
        }

        return total;
    }
}
