using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>FT4013 and FT4014: a training loss that does not fall below what guessing gives, or rises again.</summary>
/// <param name="plan">The plan.</param>
/// <param name="chanceLoss">The loss of the best answer that does not look at the text.</param>
/// <param name="length">The length of the training.</param>
/// <param name="history">The learning curve.</param>
/// <param name="warn">Receives the warning.</param>
internal sealed class LossWatch(TrainingPlan plan, double chanceLoss, TrainingLength length, TrainingHistory history, Action<Diagnostic> warn) : ITrainingObserver
{
    /// <summary>After fewer steps nothing is to be expected.</summary>
    private const int FewestSteps = 20;

    /// <summary>Steps whose losses are those of the weights that the training began with.</summary>
    private const int FirstSteps = 5;

    private const double Learned = 0.97;
    private const double WorseThanAtFirst = 1.1;
    private const double Rise = 1.25;

    /// <summary>Rates above are too high for nearly every pretrained model.</summary>
    private const double HighRate = 1e-3;

    private readonly List<double> firstLosses = [];

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        // A training that goes on has its first steps behind it.
        if (step.Number <= FirstSteps)
        {
            firstLosses.Add(step.Loss);
        }
    }

    /// <inheritdoc/>
    public void OnEnd()
    {
        if (history.LastStep < FewestSteps)
        {
            return;
        }

        var (last, lowest) = (history.Points[^1], history.Points.MinBy(point => point.TrainingLoss)!);
        var atFirst = firstLosses.Count == FirstSteps ? firstLosses.Average() : history.Points[0].TrainingLoss;
        var isWorse = history.Points[0].TrainingLoss > WorseThanAtFirst * atFirst || (last.TrainingLoss > Rise * lowest.TrainingLoss && last.TrainingLoss > chanceLoss / 2);
        var isLearned = last.TrainingLoss <= Learned * chanceLoss;
        if (isWorse || (!isLearned && plan.LearningRate > HighRate))
        {
            warn(new Diagnostic("FT4014", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The learning rate {plan.LearningRate:0.##e+0} is too high: the training loss went from {atFirst:0.000} to {last.TrainingLoss:0.000} (lowest {lowest.TrainingLoss:0.000}), where guessing gives {chanceLoss:0.000}. Set LearningRate={plan.LearningRate / 4:0.##e+0}{(plan.WarmupSteps == 0 ? " and WarmupSteps=0.1" : "")}.")));
        }
        else if (!isLearned)
        {
            var advice = plan.Strategy == Strategy.Frozen ? "Set Strategy=Full or a higher TrainableLayers"
                : length.TotalSteps < 3 * length.StepsPerEpoch ? string.Create(CultureInfo.InvariantCulture, $"Set Epochs={Math.Max(3, Math.Ceiling(2 * length.EpochOf(length.TotalSteps)))}")
                : string.Create(CultureInfo.InvariantCulture, $"Set LearningRate={plan.LearningRate * 4:0.##e+0}");
            var check = plan.Task == FineTuneTask.MaskedLanguageModeling ? "the data is text of a language that the base model knows" : "TextColumn and LabelColumn belong together";
            warn(new Diagnostic("FT4013", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The model learned nothing: the training loss is {last.TrainingLoss:0.000} after {last.Step} steps, and guessing gives {chanceLoss:0.000}. {advice}, and check that {check}.")));
        }
    }
}
