using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>FT4010: the validation loss rises while the training loss falls, and the metric gains nothing by it. With early stopping, nothing is wasted.</summary>
internal sealed class OverfittingWatch(TrainingPlan plan, TrainingHistory history, BestEvaluation best, Action<Diagnostic> warn) : ITrainingObserver
{
    /// <summary>A rise by less may be chance.</summary>
    private const double Rise = 1.2;
    private const double SmallestRise = 0.05;

    /// <summary>The best evaluation lies at least so many evaluations back.</summary>
    private const int Evaluations = 2;

    /// <inheritdoc/>
    public void OnEnd()
    {
        if (plan.EarlyStopping > 0 || history.Points.Count <= Evaluations)
        {
            return;
        }

        var lowest = history.Points.MinBy(point => point.Metrics["loss"])!;
        var (kept, last) = (history.Points.First(point => point.Step == best.Step), history.Points[^1]);
        var sinceBest = history.Points.Count(point => point.Step > best.Step);
        if (sinceBest < Evaluations || !(last.Metrics["loss"] > Math.Max(Rise * lowest.Metrics["loss"], lowest.Metrics["loss"] + SmallestRise)) || !(last.TrainingLoss < kept.TrainingLoss))
        {
            return;
        }

        var epochs = kept.Epoch.ToString("0.##", CultureInfo.InvariantCulture);
        warn(new Diagnostic("FT4010", DiagnosticSeverity.Warning, string.Create(
            CultureInfo.InvariantCulture,
            $"The model learned the training rows by heart: from epoch {lowest.Epoch:0.##} to {last.Epoch:0.##} the validation loss rose from {lowest.Metrics["loss"]:0.000} to {last.Metrics["loss"]:0.000}, while the training loss fell to {last.TrainingLoss:0.000}. The weights of epoch {epochs} are kept, so the time after it was wasted: set {(plan.MaxSteps is null ? $"Epochs={epochs}" : $"MaxSteps={kept.Step}")} or EarlyStopping={Evaluations}; for a better model try Dropout={Math.Min(0.5, (plan.Dropout ?? 0.1) + 0.1):0.##} or more rows.")));
    }
}
