using FineTune.Core.Specification;
using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>Lets one more layer be trained after each interval, from the top down (Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018).</summary>
internal sealed class GradualUnfreezing(TrainingInterval interval, int stepsPerEpoch, ParameterSet parameters) : ITrainingObserver
{
    /// <inheritdoc/>
    public void OnStep(TrainingStep step) => Unfreeze(step.Number);

    /// <summary>Lets everything be trained that is due after so many steps.</summary>
    public void Unfreeze(int steps) => parameters.Unfreeze(interval.CountAt(steps, stepsPerEpoch));
}
