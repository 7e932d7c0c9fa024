using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>Everything that warns of a training that goes wrong.</summary>
internal static class TrainingWatches
{
    /// <summary>The watches of a classifier's training, beside <see cref="LabelErrorWatch"/>, which the objective feeds.</summary>
    public static IReadOnlyList<ITrainingObserver> Create(
        TrainingPlan plan, TrainingLength length, int maxLength, bool onProcessor, double chanceLoss, IReadOnlyList<string> labels, IReadOnlyList<int> expected, TrainingHistory history, BestEvaluation best, Action<Diagnostic> report) =>
    [
        new DurationWatch(plan, length, maxLength, onProcessor, report),
        new GradientWatch(plan, report),
        new LossWatch(plan, chanceLoss, length, history, report),
        new OverfittingWatch(plan, history, best, report),
        new UnpredictedLabelWatch(plan, labels, expected, best, report),
    ];
}
