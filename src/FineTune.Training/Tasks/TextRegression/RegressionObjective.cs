using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TextRegression;

/// <summary>The squared error, as <c>torch.nn.MSELoss</c> has it.</summary>
/// <param name="model">The model, with one output.</param>
/// <param name="device">Where its parameters lie.</param>
/// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
internal sealed class RegressionObjective(TransformerModel model, Device device, Dropout? dropout) : TaskObjective<EncodedScore>(model, device, dropout)
{
    /// <inheritdoc/>
    public override double WeightOf(IReadOnlyList<EncodedScore> batch) => batch.Count;

    /// <inheritdoc/>
    protected override Tensor SummedLoss(Tensor outputs, IReadOnlyList<EncodedScore> batch)
        => nn.functional.mse_loss(outputs, tensor(batch.Select(row => row.Score).ToArray(), outputs.shape, device: Device), nn.Reduction.Sum);
}
