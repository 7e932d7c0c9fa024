using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TextClassification;

/// <summary>Cross entropy of the labels, with label smoothing and class weights as <c>torch.nn.CrossEntropyLoss</c> has them.</summary>
internal sealed class ClassificationObjective : TaskObjective<EncodedText>
{
    private readonly double labelSmoothing;
    private readonly IReadOnlyList<double>? classWeights;
    private readonly Tensor? classWeightTensor;
    private readonly LabelErrorWatch? labelErrors;

    /// <summary>Creates the objective.</summary>
    /// <param name="model">The classifier.</param>
    /// <param name="device">Where its parameters lie.</param>
    /// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
    /// <param name="labelSmoothing">Share of the target probability that is spread over all labels.</param>
    /// <param name="classWeights">How much each class counts; <see langword="null"/> for all the same.</param>
    /// <param name="labelErrors">Looks at each batch with its logits, as they are before the step.</param>
    public ClassificationObjective(
        TransformerModel model, Device device, Dropout? dropout, double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null, LabelErrorWatch? labelErrors = null)
        : base(model, device, dropout)
    {
        this.labelSmoothing = labelSmoothing;
        this.classWeights = classWeights;
        this.labelErrors = labelErrors;
        classWeightTensor = classWeights is null ? null : tensor(classWeights.Select(weight => (float)weight).ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <summary>Weights with which each class counts the same: rows / (classes × rows of the class), 0 for a class without rows.</summary>
    public static IReadOnlyList<double> BalancedWeights(IReadOnlyList<int> rowsOfClass)
    {
        double rows = rowsOfClass.Sum();
        return [.. rowsOfClass.Select(count => count == 0 ? 0 : rows / (rowsOfClass.Count * count))];
    }

    /// <summary>
    /// The loss of the best answer that does not look at the text: the same shares for every row. A model with a higher loss has learned nothing. With n rows of a class,
    /// its weight w, smoothing ε and K classes its share is proportional to (1−ε)·w·n + ε/K·w·N.
    /// </summary>
    public static double ChanceLoss(IReadOnlyList<int> rowsOfClass, double labelSmoothing, IReadOnlyList<double>? classWeights)
    {
        double total = rowsOfClass.Sum();
        double[] shares = [.. rowsOfClass.Select((rows, label) => (classWeights?[label] ?? 1) * (((1 - labelSmoothing) * rows) + (labelSmoothing / rowsOfClass.Count * total)))];
        var sum = shares.Sum();
        return -shares.Where(share => share > 0).Sum(share => share * Math.Log(share / sum)) / rowsOfClass.Select((rows, label) => (classWeights?[label] ?? 1) * rows).Sum();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ITrainingState> States => labelErrors is null ? [] : [labelErrors];

    /// <inheritdoc/>
    public override IReadOnlyList<ITrainingObserver> Observers => labelErrors is null ? [] : [labelErrors];

    /// <inheritdoc/>
    public override double WeightOf(IReadOnlyList<EncodedText> batch) => classWeights is null ? batch.Count : batch.Sum(row => classWeights[row.Label]);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        classWeightTensor?.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor SummedLoss(Tensor outputs, IReadOnlyList<EncodedText> batch)
    {
        var labels = tensor(batch.Select(row => (long)row.Label).ToArray(), device: Device); // [rows]
        labelErrors?.Add(batch, outputs.detach().cpu().data<float>().ToArray());
        return nn.functional.cross_entropy(outputs, labels, weight: classWeightTensor, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing);
    }
}
