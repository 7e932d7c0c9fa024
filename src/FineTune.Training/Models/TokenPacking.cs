using System.Runtime.CompilerServices;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// The real tokens of a batch one after the other, without padding (Zeng et al., "Boosting Distributed Training Performance of the Unpadded BERT Model", 2022). Everything but attention looks at one
/// token at a time, and so need not know of padding: batches may mix short and long texts, and cost what their tokens cost.
/// </summary>
internal sealed unsafe class TokenPacking
{
    private readonly int[] lengths;
    private readonly long[] starts;
    private readonly int tokens;

    /// <summary>Packs rows.</summary>
    /// <param name="lengths">The real tokens of each row.</param>
    /// <param name="tokens">The length to which they are filled up.</param>
    public TokenPacking(IReadOnlyList<int> lengths, int tokens)
    {
        this.lengths = [.. lengths];
        this.tokens = tokens;
        starts = new long[lengths.Count];
        for (var row = 0; row < lengths.Count; row++)
        {
            starts[row] = Count;
            Count += lengths[row];
        }
    }

    /// <summary>Rows that need no padding.</summary>
    /// <param name="shape">[rows, tokens]</param>
    public static TokenPacking OfEqualRows(ReadOnlySpan<long> shape)
    {
        var lengths = new int[shape[0]];
        Array.Fill(lengths, (int)shape[1]);
        return new TokenPacking(lengths, (int)shape[1]);
    }

    /// <summary>The real tokens of each row.</summary>
    public IReadOnlyList<int> Lengths => lengths;

    /// <summary>The place of each row's first token.</summary>
    public IReadOnlyList<long> Starts => starts;

    /// <summary>Number of real tokens.</summary>
    public long Count { get; }

    /// <summary>Takes the real tokens.</summary>
    /// <param name="padded">[rows, heads, tokens, size]</param>
    /// <returns>[real tokens, heads × size]</returns>
    public Tensor Pack(Tensor padded) => padded.device_type == DeviceType.CPU ? Packing.apply(padded, this) : PackByIndex(padded);

    /// <summary>Fills rows up with zeros.</summary>
    /// <param name="packed">[real tokens, heads × size]</param>
    /// <param name="headCount">Number of heads.</param>
    /// <returns>[rows, heads, tokens, size]</returns>
    public Tensor Unpack(Tensor packed, int headCount) => packed.device_type == DeviceType.CPU ? Unpacking.apply(packed, this, headCount) : UnpackByIndex(packed, headCount);

    /// <summary>The first token of each row. [real tokens, width] to [rows, width]</summary>
    public Tensor FirstTokens(Tensor packed)
    {
        using var first = tensor(starts, device: packed.device);
        return packed.index_select(0, first);
    }

    /// <summary>The places of tokens among the real ones. [count]</summary>
    /// <param name="positions">Their positions in rows × tokens, int64. [count]</param>
    public Tensor PlacesOf(Tensor positions)
    {
        var places = new long[lengths.Length * tokens];
        Array.Fill(places, -1); // padding is nowhere
        for (var row = 0; row < lengths.Length; row++)
        {
            for (var token = 0; token < lengths[row]; token++)
            {
                places[(row * tokens) + token] = starts[row] + token;
            }
        }

        using var all = tensor(places, device: positions.device);
        return all.index_select(0, positions);
    }

    /// <summary><see cref="Pack"/> in operations that every device has.</summary>
    internal Tensor PackByIndex(Tensor padded)
    {
        using var real = RealPositions(padded.device);
        return padded.transpose(1, 2).reshape(lengths.Length * tokens, -1).index_select(0, real);
    }

    /// <summary><see cref="Unpack"/> in operations that every device has.</summary>
    internal Tensor UnpackByIndex(Tensor packed, int headCount)
    {
        using var real = RealPositions(packed.device);
        return zeros([lengths.Length * tokens, packed.shape[1]], packed.dtype, packed.device).index_copy(0, real, packed)
            .view(lengths.Length, tokens, headCount, -1).transpose(1, 2);
    }

    private Tensor RealPositions(Device device)
        => tensor([.. lengths.SelectMany((length, row) => Enumerable.Range(row * tokens, length)).Select(position => (long)position)], device: device);

    private Tensor PackNow(Tensor padded)
    {
        using var source = padded.contiguous();
        var (heads, size) = (source.shape[1], source.shape[3]);
        var packed = empty([Count, heads * size], source.dtype, source.device);
        var bytes = size * source.element_size();
        byte* from = TensorMemory.Bytes(source), to = TensorMemory.Bytes(packed);
        LibTorchThreads.For(lengths.Length, row =>
        {
            for (var head = 0L; head < heads; head++)
            {
                var chunk = from + (((row * heads) + head) * tokens * bytes);
                var place = to + (((starts[row] * heads) + head) * bytes);
                for (var token = 0; token < lengths[row]; token++, chunk += bytes, place += heads * bytes)
                {
                    Unsafe.CopyBlockUnaligned(place, chunk, (uint)bytes);
                }
            }
        });
        return packed;
    }

    private Tensor UnpackNow(Tensor packed, long heads)
    {
        // Columns of a wider matrix are taken as they lie.
        using var source = packed.stride(1) == 1 ? packed.alias() : packed.contiguous();
        var size = source.shape[1] / heads;
        var padded = empty([lengths.Length, heads, tokens, size], source.dtype, source.device);
        var bytes = size * source.element_size();
        var stride = source.stride(0) * source.element_size();
        byte* from = TensorMemory.Bytes(source), to = TensorMemory.Bytes(padded);
        LibTorchThreads.For(lengths.Length, row =>
        {
            for (var head = 0L; head < heads; head++)
            {
                var chunk = from + (starts[row] * stride) + (head * bytes);
                var place = to + (((row * heads) + head) * tokens * bytes);
                for (var token = 0; token < lengths[row]; token++, chunk += stride, place += bytes)
                {
                    Unsafe.CopyBlockUnaligned(place, chunk, (uint)bytes);
                }

                Unsafe.InitBlockUnaligned(place, 0, checked((uint)((tokens - lengths[row]) * bytes)));
            }
        });
        return padded;
    }

    private sealed class Packing : autograd.SingleTensorFunction<Packing>
    {
        private const string Key = "packing";

        public override string Name => nameof(Packing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (padded, packing) = ((Tensor)vars[0], (TokenPacking)vars[1]);
            ctx.save_data(Key, (packing, padded.shape[1]));
            return packing.PackNow(padded);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var noGradients = no_grad();
            var (packing, heads) = ((TokenPacking, long))ctx.get_data(Key);
            return [packing.UnpackNow(grad_output, heads), null!];
        }
    }

    private sealed class Unpacking : autograd.SingleTensorFunction<Unpacking>
    {
        private const string Key = "packing";

        public override string Name => nameof(Unpacking);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (packed, packing) = ((Tensor)vars[0], (TokenPacking)vars[1]);
            ctx.save_data(Key, packing);
            return packing.UnpackNow(packed, (int)vars[2]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var noGradients = no_grad();
            return [((TokenPacking)ctx.get_data(Key)).PackNow(grad_output), null!, null!];
        }
    }
}
