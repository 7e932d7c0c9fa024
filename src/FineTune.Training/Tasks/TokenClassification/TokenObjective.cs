using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TokenClassification;

/// <summary>Cross entropy of the words' tags, the mean over all words of a step, with label smoothing and class weights as <c>torch.nn.CrossEntropyLoss</c> has them.</summary>
internal sealed class TokenObjective : TaskObjective<EncodedTokens>
{
    private readonly double labelSmoothing;
    private readonly IReadOnlyList<double>? classWeights;
    private readonly Tensor? classWeightTensor;

    /// <summary>Creates the objective.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Where its parameters lie.</param>
    /// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
    /// <param name="labelSmoothing">Share of the target probability that is spread over all tags.</param>
    /// <param name="classWeights">How much each tag counts; <see langword="null"/> for all the same.</param>
    public TokenObjective(TransformerModel model, Device device, Dropout? dropout, double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null)
        : base(model, device, dropout)
    {
        this.labelSmoothing = labelSmoothing;
        this.classWeights = classWeights;
        classWeightTensor = classWeights is null ? null : tensor(classWeights.Select(weight => (float)weight).ToArray(), device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override double WeightOf(IReadOnlyList<EncodedTokens> batch) => batch.Sum(row => classWeights is null ? row.Tags.Length : row.Tags.Sum(tag => classWeights[tag]));

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        classWeightTensor?.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor SummedLoss(Tensor outputs, IReadOnlyList<EncodedTokens> batch)
    {
        var tags = tensor(batch.SelectMany(row => row.Tags).Select(tag => (long)tag).ToArray(), device: Device); // [words]
        return nn.functional.cross_entropy(outputs, tags, weight: classWeightTensor, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing);
    }
}
