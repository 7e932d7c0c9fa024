using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Rows as a batch for the model.</summary>
internal static class EncodedRows
{
    /// <summary>Makes the batch of <paramref name="rows"/>.</summary>
    public static TokenBatch ToBatch(this IReadOnlyList<EncodedRow> rows, TransformerModel model, Device device) => TokenBatch.Of(
        [.. rows.Select(row => row.Tokens)],
        model.Config.PaddingId,
        device,
        !model.HasSegments || rows[0].Segments is null ? null : [.. rows.Select(row => row.Segments!)],
        rows[0].WantedTokens is null ? null : [.. rows.Select(row => row.WantedTokens!)]);
}
