using FineTune.Training.Models;
using FineTune.Training.Models.Attention;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

public sealed class PackedAttentionTests
{
    private const int Heads = 3;
    private const int Size = 32;
    private const double Scale = 0.17;

    private static readonly int[] Lengths = [1, 5, 40, 8, 19];

    public PackedAttentionTests() => LibTorch.Load();

    [Theory]
    [InlineData(ScalarType.Float32, false, false, 0, 1e-5)]
    [InlineData(ScalarType.Float32, true, false, 0, 1e-5)]
    [InlineData(ScalarType.Float32, false, true, 0.3, 1e-5)]
    [InlineData(ScalarType.Float32, true, true, 0.3, 1e-5)]
    [InlineData(ScalarType.BFloat16, false, true, 0.3, 0.02)]
    [InlineData(ScalarType.BFloat16, true, false, 0, 0.02)]
    public void Equals_the_formula_forward_and_backward(ScalarType type, bool firstTokenOnly, bool apart, double dropout, double tolerance)
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Lengths.Max());
        var rows = new AttentionRows(packing, Heads, Size, firstTokenOnly, Scale, dropout, dropoutSeed: 11);
        var queries = firstTokenOnly ? Lengths.Length : packing.Count;
        var inputs = new[] { Numbers(1, queries), Numbers(2, packing.Count), Numbers(3, packing.Count) };
        var factors = Numbers(4, queries).detach();

        // Queries, keys and values side by side as far as they are as many, or apart.
        Tensor[] parts = [.. inputs.Select(input => input.detach().to(type))];
        Tensor[] vectors = apart ? parts : firstTokenOnly ? [parts[0], cat(parts[1..], 1)] : [cat(parts, 1)];
        Array.ForEach(vectors, matrix => matrix.requires_grad = true);
        var context = PackedAttention.Compute(rows, vectors);
        context.mul(factors.to(type)).sum().backward();

        var expected = Formula(inputs[0], inputs[1], inputs[2], rows, firstTokenOnly, dropout);
        expected.mul(factors).sum().backward();

        AssertClose(expected, context);
        var gradients = vectors.SelectMany(matrix => matrix.grad!.split(Heads * Size, 1)).ToList();
        foreach (var (input, gradient) in inputs.Zip(gradients))
        {
            AssertClose(input.grad!, gradient);
        }

        void AssertClose(Tensor wanted, Tensor computed)
            => Assert.True(computed.to(ScalarType.Float32).allclose(wanted, rtol: tolerance, atol: tolerance * wanted.abs().max().item<float>()), $"differs by {(computed.to(ScalarType.Float32) - wanted).abs().max().item<float>()} of {wanted.abs().max().item<float>()}");
    }

    [Fact]
    public void Is_the_same_without_gradients()
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Lengths.Max());
        var rows = new AttentionRows(packing, Heads, Size, firstTokenOnly: false, Scale, dropout: 0.1, dropoutSeed: 5);
        var joined = cat([Numbers(1, packing.Count), Numbers(2, packing.Count), Numbers(3, packing.Count)], 1);

        var with = PackedAttention.Compute(rows, joined);
        using var noGradients = no_grad();
        var without = PackedAttention.Compute(rows, joined);

        Assert.Equal(with.data<float>().ToArray(), without.data<float>().ToArray());
    }

    [Fact]
    public void Vectors_that_fill_no_register_are_left_to_libtorch()
    {
        Assert.False(PackedAttention.Supports(size: 3, ScalarType.Float32, DeviceType.CPU));
        Assert.False(PackedAttention.Supports(size: 32, ScalarType.Float64, DeviceType.CPU));
        Assert.False(PackedAttention.Supports(size: 32, ScalarType.Float32, DeviceType.CUDA));
        Assert.True(PackedAttention.Supports(size: 32, ScalarType.BFloat16, DeviceType.CPU));
    }

    private static Tensor Formula(Tensor query, Tensor key, Tensor value, AttentionRows rows, bool firstTokenOnly, double dropout)
    {
        var contexts = new List<Tensor>();
        var start = 0L;
        for (var row = 0; row < Lengths.Length; row++)
        {
            var queries = firstTokenOnly ? query.narrow(0, row, 1) : query.narrow(0, start, Lengths[row]);
            var heads = Enumerable.Range(0, Heads).Select(head =>
            {
                Tensor Of(Tensor vectors) => vectors.narrow(1, head * Size, Size);
                var weights = Of(queries).matmul(Of(key.narrow(0, start, Lengths[row])).transpose(0, 1)).Times(Scale).softmax(-1);
                return weights.mul(Mask(rows, (row * Heads) + head, weights, dropout)).matmul(Of(value.narrow(0, start, Lengths[row])));
            }).ToArray();
            contexts.Add(cat(heads, 1));
            start += Lengths[row];
        }

        return cat([.. contexts], 0);
    }

    private static Tensor Mask(AttentionRows rows, int index, Tensor weights, double dropout)
    {
        var width = AttentionHead.RowOf((int)weights.shape[1]);
        var numbers = new float[weights.shape[0] * width];
        if (dropout == 0)
        {
            Array.Fill(numbers, 1);
        }
        else
        {
            // One query after the other, each filled up to whole registers.
            var mask = rows.Mask(index);
            for (var query = 0; query < weights.shape[0]; query++)
            {
                mask.Fill(numbers.AsSpan(query * width, width));
            }
        }

        return tensor(numbers).view(weights.shape[0], width).narrow(1, 0, weights.shape[1]);
    }

    private static Tensor Numbers(int seed, long count)
    {
        var random = new RandomStream(seed, "numbers");
        return tensor([.. Enumerable.Range(0, (int)count * Heads * Size).Select(_ => (float)random.NextNormal())], [count, Heads * Size]).requires_grad_();
    }
}
