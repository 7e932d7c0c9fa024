using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.MaskedLanguageModeling;

/// <summary>Cross entropy of the hidden tokens, the mean over all of a step. Other tokens are hidden each time that a text comes up (Liu et al., 2019).</summary>
/// <param name="model">The model.</param>
/// <param name="device">Where its parameters lie.</param>
/// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
/// <param name="masks">Chooses the hidden tokens; <see langword="null"/> to take the rows as they are.</param>
internal sealed class MaskedLanguageObjective(TransformerModel model, Device device, Dropout? dropout, RandomStream? masks)
    : TaskObjective<EncodedMaskedText>(model, device, dropout), ITrainingState
{
    // A step asks for the weights of its batches first.
    private readonly Dictionary<IReadOnlyList<EncodedMaskedText>, IReadOnlyList<EncodedMaskedText>> hidden = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public string Name => "masks";

    /// <inheritdoc/>
    public override IReadOnlyList<ITrainingState> States => masks is null ? [] : [this];

    /// <inheritdoc/>
    public override double WeightOf(IReadOnlyList<EncodedMaskedText> batch) => (hidden[batch] = Hide(batch)).Sum(row => row.Targets.Length);

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer) => writer.Values["state"] = masks!.State;

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader) => masks!.State = (ulong)reader.Values["state"]!;

    /// <inheritdoc/>
    protected override IReadOnlyList<EncodedMaskedText> Prepare(IReadOnlyList<EncodedMaskedText> batch) => hidden.Remove(batch, out var rows) ? rows : Hide(batch);

    /// <inheritdoc/>
    protected override Tensor SummedLoss(Tensor outputs, IReadOnlyList<EncodedMaskedText> batch)
    {
        var targets = tensor(batch.SelectMany(row => row.Targets).Select(target => (long)target).ToArray(), device: Device); // [hidden tokens]
        return nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum);
    }

    private IReadOnlyList<EncodedMaskedText> Hide(IReadOnlyList<EncodedMaskedText> batch) => masks is null ? batch : [.. batch.Select(row => row.Source.Hide(row.Row, masks))];
}
