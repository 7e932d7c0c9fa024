using System.Numerics;
using System.Runtime.CompilerServices;

namespace FineTune.Training.Models.Attention;

/// <summary>
/// Attention of one head of one row, forward and backward: products, softmax and dropout while everything is in the processor's nearest caches. The arithmetic is that of 32-bit floats.
/// </summary>
/// <param name="queries">Number of queries.</param>
/// <param name="tokens">Number of tokens.</param>
/// <param name="size">Length of the vectors, a multiple of a vector register's.</param>
/// <param name="scale">Of the products of queries and keys.</param>
/// <param name="dropout">Probability with which a weight is left out.</param>
internal readonly unsafe struct AttentionHead(int queries, int tokens, int size, float scale, double dropout)
{
    /// <summary>From a query's weights to the next one's: the tokens, filled up to whole vector registers.</summary>
    public int WeightsRow { get; } = RowOf(tokens);

    /// <summary>The weights of all queries.</summary>
    public long WeightsCount => (long)queries * WeightsRow;

    /// <summary>Numbers that <see cref="Forward"/> and <see cref="Backward"/> write to for a moment.</summary>
    public int ScratchCount => checked((int)((size * WeightsRow) + (2 * WeightsCount)));

    /// <summary>How many numbers a row of weights takes.</summary>
    public static int RowOf(int tokens) => (tokens + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>context = dropout(softmax(scale · query keyᵀ)) value</summary>
    /// <param name="query">[queries, size]</param>
    /// <param name="key">[tokens, size]</param>
    /// <param name="value">[tokens, size]</param>
    /// <param name="context">Is set. [queries, size]</param>
    /// <param name="weights">Is set to what <see cref="Backward"/> needs: the softmax, negative where dropout has left it out. [queries, <see cref="WeightsRow"/>]</param>
    /// <param name="mask">Random numbers for dropout.</param>
    /// <param name="scratch">[<see cref="ScratchCount"/>]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(HeadVectors query, HeadVectors key, HeadVectors value, HeadVectors context, float* weights, DropoutMask mask, float* scratch)
    {
        float* keys = scratch, used = scratch + (size * WeightsRow);
        Transpose(key, keys);
        SmallProducts.Multiply(query.Start, query.Row, 1, keys, WeightsRow, weights, WeightsRow, queries, WeightsRow, size);
        for (var i = 0; i < queries; i++)
        {
            var row = weights + ((long)i * WeightsRow);
            Softmax(row);
            if (dropout > 0)
            {
                var kept = used + ((long)i * WeightsRow);
                mask.Fill(new Span<float>(kept, WeightsRow));
                for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
                {
                    var (weight, factor) = (Vector.Load(row + j), Vector.Load(kept + j));
                    Vector.Store(weight * factor, kept + j);
                    Vector.Store(Vector.ConditionalSelect(Vector.Equals(factor, Vector<float>.Zero), -weight, weight), row + j);
                }
            }
        }

        SmallProducts.Multiply(dropout > 0 ? used : weights, WeightsRow, 1, value.Start, value.Row, context.Start, context.Row, queries, size, tokens);
    }

    /// <summary>The gradients of <see cref="Forward"/>.</summary>
    /// <param name="query">[queries, size]</param>
    /// <param name="key">[tokens, size]</param>
    /// <param name="value">[tokens, size]</param>
    /// <param name="weights">As <see cref="Forward"/> has left them.</param>
    /// <param name="gradient">That of the context. [queries, size]</param>
    /// <param name="ofQuery">Is set. [queries, size]</param>
    /// <param name="ofKey">Is set. [tokens, size]</param>
    /// <param name="ofValue">Is set. [tokens, size]</param>
    /// <param name="scratch">[<see cref="ScratchCount"/>]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(HeadVectors query, HeadVectors key, HeadVectors value, float* weights, HeadVectors gradient, HeadVectors ofQuery, HeadVectors ofKey, HeadVectors ofValue, float* scratch)
    {
        float* values = scratch, ofScores = scratch + (size * WeightsRow), used = ofScores + WeightsCount;
        Transpose(value, values);
        SmallProducts.Multiply(gradient.Start, gradient.Row, 1, values, WeightsRow, ofScores, WeightsRow, queries, WeightsRow, size);
        var factor = new Vector<float>((float)DropoutMask.ScaleOf(dropout));
        for (var i = 0L; i < queries; i++)
        {
            BackwardOfRow(weights + (i * WeightsRow), ofScores + (i * WeightsRow), used + (i * WeightsRow), factor);
        }

        SmallProducts.Multiply(used, 1, WeightsRow, gradient.Start, gradient.Row, ofValue.Start, ofValue.Row, tokens, size, queries);
        SmallProducts.Multiply(ofScores, 1, WeightsRow, query.Start, query.Row, ofKey.Start, ofKey.Row, tokens, size, queries);
        SmallProducts.Multiply(ofScores, WeightsRow, 1, key.Start, key.Row, ofQuery.Start, ofQuery.Row, queries, size, tokens);
    }

    /// <param name="weights">The softmax, negative where it was left out.</param>
    /// <param name="gradients">Those of the weights that were used; then of the scores.</param>
    /// <param name="used">Is set to the weights that were used.</param>
    /// <param name="factor">Of what dropout kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardOfRow(float* weights, float* gradients, float* used, Vector<float> factor)
    {
        var sum = Vector<float>.Zero;
        for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
        {
            var weight = Vector.Load(weights + j);
            var isKept = Vector.GreaterThan(weight, Vector<float>.Zero);
            var kept = Vector.ConditionalSelect(isKept, weight, Vector<float>.Zero) * factor;
            sum = Vector.FusedMultiplyAdd(kept, Vector.Load(gradients + j), sum);
            Vector.Store(kept, used + j);
        }

        // softmax' = p · (g − Σ p g), where g is 0 for what was left out
        var mean = new Vector<float>(Vector.Sum(sum));
        var scales = new Vector<float>(scale);
        for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
        {
            var weight = Vector.Load(weights + j);
            var unscaled = (Vector.Load(used + j) * Vector.Load(gradients + j)) - (Vector.Abs(weight) * mean);
            Vector.Store(unscaled * scales, gradients + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Softmax(float* row)
    {
        for (var j = tokens; j < WeightsRow; j++)
        {
            row[j] = float.NegativeInfinity;
        }

        var highest = new Vector<float>(float.NegativeInfinity);
        for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
        {
            highest = Vector.Max(highest, Vector.Load(row + j));
        }

        var top = highest[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++)
        {
            top = MathF.Max(top, highest[lane]);
        }

        var (tops, scales, sum) = (new Vector<float>(top), new Vector<float>(scale), Vector<float>.Zero);
        for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
        {
            var power = Vector.Exp((Vector.Load(row + j) - tops) * scales);
            sum += power;
            Vector.Store(power, row + j);
        }

        var share = new Vector<float>(1 / Vector.Sum(sum));
        for (var j = 0; j < WeightsRow; j += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(row + j) * share, row + j);
        }
    }

    /// <summary>From [tokens, size] to [size, <see cref="WeightsRow"/>], filled up with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(HeadVectors vectors, float* columns)
    {
        for (var j = 0; j < tokens; j++)
        {
            var vector = vectors.Start + (j * vectors.Row);
            for (var i = 0; i < size; i++)
            {
                columns[(i * WeightsRow) + j] = vector[i];
            }
        }

        for (var i = 0; i < size; i++)
        {
            new Span<float>(columns + (i * WeightsRow) + tokens, WeightsRow - tokens).Clear();
        }
    }
}
