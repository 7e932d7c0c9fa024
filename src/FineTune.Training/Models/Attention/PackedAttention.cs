using System.Numerics;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models.Attention;

/// <summary>
/// Attention over rows without padding: one operation in place of a dozen, which computes real tokens alone and takes the heads from where they lie. Its arguments are query, key, value and the
/// <see cref="AttentionRows"/>.
/// </summary>
internal sealed unsafe class PackedAttention : autograd.SingleTensorFunction<PackedAttention>
{
    private const string Rows = "rows";

    [ThreadStatic]
    private static float[]? scratch;

    /// <inheritdoc/>
    public override string Name => nameof(PackedAttention);

    /// <summary>Whether these vectors can be computed here.</summary>
    /// <param name="vectors">[count, heads × size]</param>
    /// <param name="headCount">Number of heads.</param>
    public static bool Supports(Tensor vectors, int headCount)
    {
        var size = vectors.shape[1] / headCount;
        return vectors.device_type == DeviceType.CPU && vectors.dtype switch
        {
            ScalarType.Float32 => size % Vector<float>.Count == 0,
            ScalarType.BFloat16 => size % BFloat16Memory.Granularity == 0,
            _ => false,
        };
    }

    /// <summary>dropout(softmax(scale · query keyᵀ)) value, for each head of each row.</summary>
    /// <param name="query">Those of all tokens, or of the first token of each row. [queries, heads × size]</param>
    /// <param name="key">[tokens, heads × size]</param>
    /// <param name="value">[tokens, heads × size]</param>
    /// <param name="rows">Where the rows are, and how to compute them.</param>
    /// <returns>[queries, heads × size]</returns>
    public static Tensor Compute(Tensor query, Tensor key, Tensor value, AttentionRows rows)
        => is_grad_enabled() && (query.requires_grad || key.requires_grad || value.requires_grad) ? apply(query, key, value, rows) : Forward(query, key, value, rows, weights: null);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value, rows) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (AttentionRows)vars[3]);
        var weights = empty(rows.WeightsCount, ScalarType.Float32); // the layer's dispose scope frees it: TorchSharp saves it after this method
        var context = Forward(query, key, value, rows, weights);
        ctx.save_for_backward([query, key, value, weights]);
        ctx.save_data(Rows, rows);
        return context;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGradients = no_grad();
        var rows = (AttentionRows)ctx.get_data(Rows);
        var saved = ctx.get_saved_variables();
        using Tensor query = saved[0], key = saved[1], value = saved[2], weights = saved[3];
        var (ofQuery, ofKey, ofValue) = (EmptyLike(query), EmptyLike(key), EmptyLike(value));
        using TensorVectors queries = new(query), keys = new(key), values = new(value), gradients = new(grad_output);
        using TensorVectors toQuery = new(ofQuery), toKey = new(ofKey), toValue = new(ofValue);
        var allWeights = (nint)TensorMemory.Of(weights);
        LibTorchThreads.For(rows.HeadsOfAll, index =>
        {
            var part = rows[index];
            fixed (float* start = Scratch(part.Head.ScratchCount + (4 * part.Queries.Count) + (4 * part.Tokens.Count)))
            {
                var free = start + part.Head.ScratchCount;
                HeadVectors q = queries.Read(part.Queries, ref free), k = keys.Read(part.Tokens, ref free), v = values.Read(part.Tokens, ref free), g = gradients.Read(part.Queries, ref free);
                HeadVectors dq = toQuery.Reserve(part.Queries, ref free), dk = toKey.Reserve(part.Tokens, ref free), dv = toValue.Reserve(part.Tokens, ref free);
                part.Head.Backward(q, k, v, (float*)allWeights + part.FirstWeight, g, dq, dk, dv, start);
                toQuery.Write(part.Queries, dq);
                toKey.Write(part.Tokens, dk);
                toValue.Write(part.Tokens, dv);
            }
        });
        return [ofQuery, ofKey, ofValue, null!];
    }

    private static Tensor Forward(Tensor query, Tensor key, Tensor value, AttentionRows rows, Tensor? weights)
    {
        using var noGradients = no_grad();
        var context = EmptyLike(query);
        using TensorVectors queries = new(query), keys = new(key), values = new(value), contexts = new(context);
        var kept = weights is null ? 0 : (nint)TensorMemory.Of(weights);
        LibTorchThreads.For(rows.HeadsOfAll, index =>
        {
            var part = rows[index];
            fixed (float* start = Scratch(part.Head.ScratchCount + part.Head.WeightsCount + (2 * part.Queries.Count) + (2 * part.Tokens.Count)))
            {
                var free = start + part.Head.ScratchCount + part.Head.WeightsCount;
                HeadVectors q = queries.Read(part.Queries, ref free), k = keys.Read(part.Tokens, ref free), v = values.Read(part.Tokens, ref free), c = contexts.Reserve(part.Queries, ref free);
                part.Head.Forward(q, k, v, c, kept == 0 ? start + part.Head.ScratchCount : (float*)kept + part.FirstWeight, rows.Mask(index), start);
                contexts.Write(part.Queries, c);
            }
        });
        return context;
    }

    private static Tensor EmptyLike(Tensor vectors) => empty(vectors.shape, vectors.dtype, vectors.device);

    private static float[] Scratch(long count)
    {
        if (scratch is null || scratch.Length < count)
        {
            scratch = GC.AllocateUninitializedArray<float>(checked((int)(count + (count / 4))));
        }

        return scratch;
    }
}
