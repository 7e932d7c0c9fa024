using System.Numerics;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models.Attention;

/// <summary>
/// Attention over rows without padding: one operation in place of a dozen, which computes real tokens alone and takes the heads from where they lie. Its arguments are the
/// <see cref="AttentionRows"/>, and the vectors as <see cref="Compute"/> gets them.
/// </summary>
internal sealed unsafe class PackedAttention : autograd.SingleTensorFunction<PackedAttention>
{
    private const string Rows = "rows";

    [ThreadStatic]
    private static float[]? scratch;

    /// <inheritdoc/>
    public override string Name => nameof(PackedAttention);

    /// <summary>Whether such vectors can be computed here.</summary>
    /// <param name="size">Length of a head's vectors.</param>
    /// <param name="type">Their number format.</param>
    /// <param name="device">Where they lie.</param>
    public static bool Supports(int size, ScalarType type, DeviceType device) => device == DeviceType.CPU && type switch
    {
        ScalarType.Float32 => size % Vector<float>.Count == 0,
        ScalarType.BFloat16 => size % BFloat16Memory.Granularity == 0,
        _ => false,
    };

    /// <summary>dropout(softmax(scale · query keyᵀ)) value, for each head of each row.</summary>
    /// <param name="rows">Where the rows are, and how to compute them.</param>
    /// <param name="vectors">Queries, keys and values: three matrices, or fewer that have some of them side by side. Queries of first tokens only are apart. [tokens or rows, heads × size]</param>
    /// <returns>[queries, heads × size]</returns>
    public static Tensor Compute(AttentionRows rows, params Tensor[] vectors)
        => is_grad_enabled() && vectors.Any(matrix => matrix.requires_grad) ? apply([rows, .. vectors]) : Forward(rows, vectors, weights: null);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (rows, vectors) = ((AttentionRows)vars[0], vars[1..].Cast<Tensor>().ToList());
        var weights = empty(rows.WeightsCount, ScalarType.Float32); // the layer's dispose scope frees it: TorchSharp saves it after this method
        var context = Forward(rows, vectors, weights);
        ctx.save_for_backward([weights, .. vectors]);
        ctx.save_data(Rows, rows);
        return context;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var rows = (AttentionRows)ctx.get_data(Rows);
        var saved = ctx.get_saved_variables();
        var ofVectors = saved[1..].Select(matrix => empty(matrix.shape, matrix.dtype).MoveToOuterDisposeScope()).ToList();
        using TensorVectors vectors = new(saved[1..]), toVectors = new(ofVectors), gradients = new(grad_output);
        var weights = (nint)TensorMemory.Of(saved[0]);
        LibTorchThreads.For(rows.HeadsOfAll, index =>
        {
            var part = rows[index];
            fixed (float* start = Scratch(part.Head.ScratchCount + (4 * part.Context.Count) + (4 * part.Keys.Count)))
            {
                var free = start + part.Head.ScratchCount;
                HeadVectors query = vectors.Read(part.Queries, ref free), key = vectors.Read(part.Keys, ref free), value = vectors.Read(part.Values, ref free), gradient = gradients.Read(part.Context, ref free);
                HeadVectors ofQuery = toVectors.Reserve(part.Queries, ref free), ofKey = toVectors.Reserve(part.Keys, ref free), ofValue = toVectors.Reserve(part.Values, ref free);
                part.Head.Backward(query, key, value, (float*)weights + part.FirstWeight, gradient, ofQuery, ofKey, ofValue, start);
                toVectors.Write(part.Queries, ofQuery);
                toVectors.Write(part.Keys, ofKey);
                toVectors.Write(part.Values, ofValue);
            }
        });
        foreach (var variable in saved)
        {
            variable.Dispose();
        }

        return [null!, .. ofVectors];
    }

    private static Tensor Forward(AttentionRows rows, IReadOnlyList<Tensor> matrices, Tensor? weights)
    {
        using var noGradients = no_grad();
        var context = empty([matrices[0].shape[0], rows.Width], matrices[0].dtype);
        using TensorVectors vectors = new(matrices), contexts = new(context);
        var kept = weights is null ? 0 : (nint)TensorMemory.Of(weights);
        LibTorchThreads.For(rows.HeadsOfAll, index =>
        {
            var part = rows[index];
            fixed (float* start = Scratch(part.Head.ScratchCount + part.Head.WeightsCount + (2 * part.Context.Count) + (2 * part.Keys.Count)))
            {
                var free = start + part.Head.ScratchCount + part.Head.WeightsCount;
                HeadVectors query = vectors.Read(part.Queries, ref free), key = vectors.Read(part.Keys, ref free), value = vectors.Read(part.Values, ref free), result = contexts.Reserve(part.Context, ref free);
                part.Head.Forward(query, key, value, result, kept == 0 ? start + part.Head.ScratchCount : (float*)kept + part.FirstWeight, rows.Mask(index), start);
                contexts.Write(part.Context, result);
            }
        });
        return context;
    }

    private static float[] Scratch(long count)
    {
        if (scratch is null || scratch.Length < count)
        {
            scratch = GC.AllocateUninitializedArray<float>(checked((int)(count + (count / 4))));
        }

        return scratch;
    }
}
