using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Rows as a model reads them.</summary>
internal static class EncodedRows
{
    /// <summary>Makes the batch of <paramref name="rows"/>.</summary>
    public static TokenBatch ToBatch(this IReadOnlyList<EncodedRow> rows, TransformerModel model, Device device) => model.Batch(
        [.. rows.Select(row => row.Tokens)],
        device,
        rows[0].SegmentsFor(model) is null ? null : [.. rows.Select(row => row.Segments!)],
        rows[0].WantedTokens is null ? null : [.. rows.Select(row => row.WantedTokens!)]);

    /// <summary>The segments of a row, if a model tells them apart.</summary>
    public static int[]? SegmentsFor(this EncodedRow row, TransformerModel model) => model.HasSegments ? row.Segments : null;
}
