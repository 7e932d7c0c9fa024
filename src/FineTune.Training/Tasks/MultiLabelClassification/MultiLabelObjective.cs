using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.MultiLabelClassification;

/// <summary>Binary cross entropy of each label, the mean over the labels, as <c>torch.nn.BCEWithLogitsLoss</c> has it.</summary>
/// <param name="model">The classifier.</param>
/// <param name="device">Where its parameters lie.</param>
/// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
/// <param name="weights">How much each answer counts; <see langword="null"/> for all the same.</param>
internal sealed class MultiLabelObjective(TransformerModel model, Device device, Dropout? dropout, AnswerWeights? weights = null) : TaskObjective<EncodedLabels>(model, device, dropout)
{
    /// <summary>
    /// The loss of the best answer that does not look at the text: of each label its share of the rows. With n of N rows, that is the entropy of n/N; weights count n and N − n anew.
    /// </summary>
    public static double ChanceLoss(IReadOnlyList<EncodedLabels> rows, int labelCount, AnswerWeights? weights)
    {
        var with = EncodedLabels.Count(rows, labelCount);
        return Enumerable.Range(0, labelCount).Average(label =>
        {
            var (yes, no) = ((double)with[label] * (weights?.Yes[label] ?? 1), (double)(rows.Count - with[label]) * (weights?.No[label] ?? 1));
            return yes == 0 || no == 0 ? 0 : ((yes * Math.Log((yes + no) / yes)) + (no * Math.Log((yes + no) / no))) / rows.Count;
        });
    }

    /// <inheritdoc/>
    public override double WeightOf(IReadOnlyList<EncodedLabels> batch) => batch.Count;

    /// <inheritdoc/>
    protected override Tensor SummedLoss(Tensor outputs, IReadOnlyList<EncodedLabels> batch)
    {
        var labelCount = (int)outputs.shape[1];
        var targets = new float[batch.Count * labelCount];
        var factors = weights is null ? null : Enumerable.Repeat(weights.No, batch.Count).SelectMany(row => row).ToArray();
        for (var row = 0; row < batch.Count; row++)
        {
            foreach (var label in batch[row].Labels)
            {
                targets[(row * labelCount) + label] = 1;
                if (factors is not null)
                {
                    factors[(row * labelCount) + label] = weights!.Yes[label];
                }
            }
        }

        var weight = factors is null ? null : tensor(factors, outputs.shape, device: Device); // [rows, labels]
        return nn.functional.binary_cross_entropy_with_logits(outputs, tensor(targets, outputs.shape, device: Device), weight, nn.Reduction.Sum) / labelCount;
    }
}
