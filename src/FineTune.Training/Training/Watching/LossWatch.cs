using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>FT4013 and FT4014: a training loss that does not fall below what guessing gives, or rises again.</summary>
/// <param name="plan">The plan.</param>
/// <param name="chanceLoss">The loss of the best answer that does not look at the text.</param>
/// <param name="length">The length of the training.</param>
/// <param name="history">The learning curve.</param>
/// <param name="report">Receives the warning.</param>
internal sealed class LossWatch(TrainingPlan plan, double chanceLoss, TrainingLength length, TrainingHistory history, Action<Diagnostic> report) : ITrainingObserver
{
    /// <summary>After fewer steps nothing is to be expected.</summary>
    private const int FewestSteps = 20;

    private const double Learned = 0.97;
    private const double WorseThanChance = 1.1;
    private const double Rise = 1.25;

    /// <inheritdoc/>
    public void OnEnd()
    {
        if (history.LastStep < FewestSteps)
        {
            return;
        }

        var (first, last, lowest) = (history.Points[0], history.Points[^1], history.Points.MinBy(point => point.TrainingLoss)!);
        var rate = plan.LearningRate;
        var slower = string.Create(CultureInfo.InvariantCulture, $"LearningRate={rate / 4:0.##e+0}{(plan.WarmupSteps == 0 ? " and WarmupSteps=0.1" : "")}");
        if (first.TrainingLoss > WorseThanChance * chanceLoss || (last.TrainingLoss > Rise * lowest.TrainingLoss && last.TrainingLoss > chanceLoss / 2))
        {
            report(new Diagnostic("FT4014", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The learning rate {rate:0.##e+0} is too high: the training loss went from {first.TrainingLoss:0.000} to {last.TrainingLoss:0.000} (lowest {lowest.TrainingLoss:0.000}), where guessing gives {chanceLoss:0.000}. Set {slower}."), plan.Origin));
        }
        else if (last.TrainingLoss > Learned * chanceLoss)
        {
            var advice = plan.Strategy == Strategy.Frozen ? "Set Strategy=Full or a higher TrainableLayers"
                : length.StepsPerEpoch * 3 > length.TotalSteps ? string.Create(CultureInfo.InvariantCulture, $"Set Epochs={Math.Max(3, Math.Ceiling(2 * length.EpochOf(length.TotalSteps)))}")
                : string.Create(CultureInfo.InvariantCulture, $"Set LearningRate={Math.Min(1, rate * 4):0.##e+0}");
            report(new Diagnostic("FT4013", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The model learned nothing: the training loss is {last.TrainingLoss:0.000} after {last.Step} steps, and guessing gives {chanceLoss:0.000}. {advice}, and check that TextColumn and LabelColumn belong together."), plan.Origin));
        }
    }
}
