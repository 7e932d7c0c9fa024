using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>Everything that warns of a training that goes wrong.</summary>
internal static class TrainingWatches
{
    /// <summary>The watches of any training; tasks have others of their own.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="length">The length of the training.</param>
    /// <param name="maxLength">The longest input in tokens.</param>
    /// <param name="onProcessor">Whether no graphics processor is used.</param>
    /// <param name="chanceLoss">The training loss of the best answer that does not look at the text.</param>
    /// <param name="history">The learning curve.</param>
    /// <param name="best">The best evaluation.</param>
    /// <param name="report">Receives at once what concerns this run only.</param>
    /// <param name="warn">Receives at the end what concerns the model.</param>
    public static IReadOnlyList<ITrainingObserver> Create(
        TrainingPlan plan, TrainingLength length, int maxLength, bool onProcessor, double chanceLoss, TrainingHistory history, BestEvaluation best, Action<Diagnostic> report, Action<Diagnostic> warn) =>
    [
        new DurationWatch(plan, length, maxLength, onProcessor, report, TimeProvider.System),
        new GradientWatch(plan, warn),
        new LossWatch(plan, chanceLoss, length, history, warn),
        new OverfittingWatch(plan, history, best, warn),
    ];
}
