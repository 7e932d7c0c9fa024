using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>
/// Looks on while a model is trained: progress, the learning curve, the choice of the best weights, warnings, checkpoints. Observers are called in the order of
/// their list, on the training's thread; adding one touches no training code.
/// </summary>
internal interface ITrainingObserver
{
    /// <summary>Whether training should end before the next step.</summary>
    bool WantsToEnd => false;

    /// <summary>The gradients of a step are complete, and neither clipped nor used yet.</summary>
    /// <param name="number">The step's number, from 1.</param>
    /// <param name="parameters">The parameters with their gradients.</param>
    void OnGradients(int number, ParameterSet parameters)
    {
    }

    /// <summary>A step was done.</summary>
    void OnStep(TrainingStep step)
    {
    }

    /// <summary>The validation rows were evaluated.</summary>
    void OnEvaluation(TrainingEvaluation evaluation)
    {
    }

    /// <summary>A step and its evaluation, if there was one, are over: the state is complete.</summary>
    /// <param name="steps">Steps done.</param>
    void OnSettled(int steps)
    {
    }

    /// <summary>The training was cancelled; the state is that of the last <see cref="OnSettled"/>, or of a step whose evaluation is still due.</summary>
    /// <param name="steps">Steps done.</param>
    void OnCancelled(int steps)
    {
    }

    /// <summary>Training is over.</summary>
    void OnEnd()
    {
    }
}
