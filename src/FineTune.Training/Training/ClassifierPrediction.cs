using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Runs a classifier over many rows.</summary>
internal static class ClassifierPrediction
{
    /// <summary>The logits of each row, in the order of the rows. Batches hold rows of similar length.</summary>
    public static IReadOnlyList<IReadOnlyList<float>> Logits(TransformerModel model, Device device, IReadOnlyList<EncodedText> rows, int batchSize, CancellationToken cancellation)
    {
        using var noGradients = no_grad();
        var results = new IReadOnlyList<float>[rows.Count];
        foreach (var batch in Enumerable.Range(0, rows.Count).OrderBy(row => rows[row].Tokens.Length).Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var logits = model.Forward(TokenBatch.Of([.. batch.Select(row => rows[row].Tokens)], model.Config.PaddingId, device), dropout: null);
            var values = logits.cpu().data<float>().ToArray();
            var width = (int)logits.shape[1];
            for (var i = 0; i < batch.Length; i++)
            {
                results[batch[i]] = values[(i * width)..((i + 1) * width)];
            }
        }

        return results;
    }
}
