using System.Diagnostics;
using FineTune.Training.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.Peers;

/// <summary>
/// The ceiling: the matrix products of full training and nothing else, batch by batch in the shapes of our own training (the last layer answers first tokens only). Forward, the gradients of inputs and those of
/// weights are three products of equal cost.
/// </summary>
internal sealed class MatrixProducts(EncoderConfig config, EncodedText[] rows) : IContestant
{
    private readonly IEnumerator<IReadOnlyList<EncodedText>> batches = SpeedRows.Batches(rows).GetEnumerator();
    private readonly Dictionary<string, Tensor> values = [];

    /// <inheritdoc/>
    public string Name => "matrix products alone";

    /// <summary>Floating-point operations of all products so far, a multiplication and an addition being two.</summary>
    public double Operations { get; private set; }

    /// <inheritdoc/>
    public double Train(int steps)
    {
        using var noGradients = no_grad();
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            batches.MoveNext();
            var count = batches.Current.Count;
            var tokens = batches.Current.Sum(row => row.Tokens.Length);
            var longest = batches.Current.Max(row => row.Tokens.Length);
            for (var layer = 0; layer < config.LayerCount; layer++)
            {
                var isLast = layer == config.LayerCount - 1;
                Layer(tokens, isLast ? count : tokens, count, longest, isLast ? 1 : longest);
            }

            Linear(count, config.HiddenSize, config.HiddenSize); // the pooler
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        batches.Dispose();
        foreach (var all in values.Values)
        {
            all.Dispose();
        }
    }

    /// <param name="tokens">Real tokens.</param>
    /// <param name="read">Those of which something is read.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="longest">The length to which attention fills them up.</param>
    /// <param name="queries">Queries of a row.</param>
    private void Layer(long tokens, long read, long rows, long longest, long queries)
    {
        Linear(read, config.HiddenSize, config.HiddenSize);
        Linear(tokens, config.HiddenSize, 2 * config.HiddenSize); // keys and values
        Attention(rows * config.HeadCount, queries, longest);
        Linear(read, config.HiddenSize, config.HiddenSize);
        Linear(read, config.HiddenSize, config.IntermediateSize);
        Linear(read, config.IntermediateSize, config.HiddenSize);
    }

    private void Linear(long count, long inputs, long outputs)
    {
        using var scope = NewDisposeScope();
        var input = Matrix("input", count, inputs);
        var weight = Matrix("weight", outputs, inputs);
        var output = Matrix("output", count, outputs);
        _ = input.matmul(weight.t());
        _ = output.matmul(weight);
        _ = output.t().matmul(input);
        Operations += 3 * 2.0 * count * inputs * outputs;
    }

    private void Attention(long heads, long queries, long tokens)
    {
        using var scope = NewDisposeScope();
        var query = Matrix("query", heads * queries, config.HeadSize).view(heads, queries, config.HeadSize);
        var key = Matrix("key", heads * tokens, config.HeadSize).view(heads, tokens, config.HeadSize);
        var scores = Matrix("scores", heads * queries, tokens).view(heads, queries, tokens);
        for (var product = 0; product < 2; product++)
        {
            // Once for the scores and once for the values that they choose: two forward and four backward products, each of one of these three forms.
            _ = query.bmm(key.transpose(1, 2));
            _ = scores.bmm(key);
            _ = scores.transpose(1, 2).bmm(query);
        }

        Operations += 6 * 2.0 * heads * queries * tokens * config.HeadSize;
    }

    /// <summary>A matrix of random values: the first ones of its role, which all lie in one piece of memory.</summary>
    private Tensor Matrix(string role, long rowCount, long columns)
    {
        var count = rowCount * columns;
        if (!values.TryGetValue(role, out var all) || all.numel() < count)
        {
            all?.Dispose();
            values[role] = all = randn(count).DetachFromDisposeScope();
        }

        return all.narrow(0, 0, count).view(rowCount, columns);
    }
}
