using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>What a model says about many rows.</summary>
internal static class RowOutputs
{
    /// <summary>The outputs of each row, in the order of the rows. Batches hold rows of similar length.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Where it lies.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="batchSize">Rows in a batch.</param>
    /// <param name="select">From the outputs of a batch, [rows or wanted tokens, outputs], to the numbers that are kept of each row or wanted token; <see langword="null"/> keeps all outputs.</param>
    /// <param name="cancellation">Cancels between batches.</param>
    /// <returns>For each row its numbers; where tokens are answered, those of its wanted tokens one after another.</returns>
    public static IReadOnlyList<IReadOnlyList<float>> Compute<TRow>(
        TransformerModel model, Device device, IReadOnlyList<TRow> rows, int batchSize, Func<Tensor, IReadOnlyList<TRow>, Tensor>? select, CancellationToken cancellation)
        where TRow : EncodedRow
    {
        using var noGradients = no_grad();
        var results = new IReadOnlyList<float>[rows.Count];
        foreach (var places in Enumerable.Range(0, rows.Count).OrderBy(row => rows[row].Tokens.Length).Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            TRow[] batch = [.. places.Select(place => rows[place])];
            var outputs = model.Forward(batch.ToBatch(model, device), dropout: null);
            outputs = select?.Invoke(outputs, batch) ?? outputs;
            var values = outputs.cpu().data<float>().ToArray();
            var width = (int)outputs.shape[1];
            var start = 0;
            for (var i = 0; i < batch.Length; i++)
            {
                var count = width * (batch[i].WantedTokens?.Count ?? 1);
                results[places[i]] = values[start..(start + count)];
                start += count;
            }
        }

        return results;
    }

    /// <summary>The outputs of rows that were divided: those of their parts one after another.</summary>
    /// <param name="rowCount">The number of rows; one without parts has no outputs.</param>
    /// <param name="parts">The parts, in the order of their rows.</param>
    /// <param name="outputs">Their outputs.</param>
    public static IReadOnlyList<IReadOnlyList<float>> Join<TRow>(int rowCount, IReadOnlyList<TRow> parts, IReadOnlyList<IReadOnlyList<float>> outputs)
        where TRow : EncodedRow
    {
        var joined = new IReadOnlyList<float>[rowCount];
        Array.Fill(joined, []);
        for (var part = 0; part < parts.Count; part++)
        {
            var row = parts[part].Row;
            joined[row] = joined[row].Count == 0 ? outputs[part] : [.. joined[row], .. outputs[part]];
        }

        return joined;
    }
}
