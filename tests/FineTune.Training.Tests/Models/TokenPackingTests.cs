using FineTune.Training.Models;
using FineTune.Training.Native;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>Packing and unpacking on the processor, and with the operations that other devices use, are the same, and each is the other's backward pass.</summary>
public sealed class TokenPackingTests
{
    private const int Tokens = 5;
    private const int Heads = 2;
    private const int Size = 3;

    private static readonly int[] Lengths = [2, 5, 1];

    public static TheoryData<string, string> FamiliesAndHeads => [.. from family in LayerCheckpointsTests.AllFamilies from head in new[] { HeadKind.Sequence, HeadKind.Token } select (family, head.ToString())];

    public TokenPackingTests() => LibTorch.Load();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Real_tokens_are_taken_and_padding_is_zero(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Tokens);
        var packed = Numbers(type, packing.Count, Heads * Size);

        var padded = packing.Unpack(packed, Heads);

        Assert.Equal([3, Heads, Tokens, Size], padded.shape);
        Assert.True(padded.allclose(packing.UnpackByIndex(packed, Heads), rtol: 0, atol: 0));
        Assert.True(packing.Pack(padded).allclose(packed, rtol: 0, atol: 0));
        Assert.True(packing.PackByIndex(padded).allclose(packed, rtol: 0, atol: 0));
        Assert.True(padded.select(0, 2).narrow(1, 1, Tokens - 1).eq(0).all().item<bool>());
    }

    [Fact]
    public void Gradients_go_where_the_values_came_from()
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Tokens);
        var packed = Numbers(ScalarType.Float32, packing.Count, Heads * Size);
        var padded = packing.Unpack(packed, Heads);
        var weightOfPadded = Numbers(ScalarType.Float32, 3, Heads, Tokens, Size);

        AssertSameGradient(packed, input => packing.Unpack(input, Heads).mul(weightOfPadded), input => packing.UnpackByIndex(input, Heads).mul(weightOfPadded));
        AssertSameGradient(padded, input => packing.Pack(input).mul(packed), input => packing.PackByIndex(input).mul(packed));
    }

    [Fact]
    public void Columns_of_a_wider_matrix_and_transposed_heads_are_read_where_they_lie()
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Tokens);
        var columns = Numbers(ScalarType.Float32, packing.Count, 3 * Heads * Size).narrow(1, Heads * Size, Heads * Size);
        var transposed = Numbers(ScalarType.Float32, 3, Heads, Size, Tokens).transpose(2, 3);

        Assert.True(packing.Unpack(columns, Heads).allclose(packing.UnpackByIndex(columns, Heads), rtol: 0, atol: 0));
        Assert.True(packing.Pack(transposed).allclose(packing.PackByIndex(transposed), rtol: 0, atol: 0));
    }

    [Fact]
    public void Places_are_counted_without_padding()
    {
        using var scope = NewDisposeScope();
        var packing = new TokenPacking(Lengths, Tokens);
        var packed = Numbers(ScalarType.Float32, packing.Count, 1);

        Assert.Equal(8, packing.Count);
        Assert.Equal([1L, 2, 6, 7], packing.PlacesOf(tensor(new long[] { 1, 5, 9, 10 })).data<long>().ToArray());
        Assert.Equal([0f, 2, 7], packing.FirstTokens(packed).data<float>().ToArray());
        Assert.Equal(-1, packing.PlacesOf(tensor(new long[] { 2 })).item<long>());
    }

    /// <summary>The loss and the gradients of every family's batches, whose rows differ in length, are those of batches whose padding is computed.</summary>
    [Theory]
    [MemberData(nameof(FamiliesAndHeads))]
    public void Leaving_out_padding_changes_no_output_and_no_gradient(string family, string head)
    {
        var kind = Enum.Parse<HeadKind>(head);
        var (architecture, parameters, rows) = LayerCheckpointsTests.Read(family, kind);
        using var owned = parameters;
        using var scope = NewDisposeScope();
        var places = kind == HeadKind.Sequence ? null : rows.Select(row => (int[])[0, row.Length - 1]).ToArray();

        var padded = Compute(computesPadding: true);
        var packed = Compute(computesPadding: false);

        Assert.All(padded.Zip(packed), pair => Assert.True(pair.Second.allclose(pair.First, rtol: 1e-5, atol: 5e-6 * Math.Max(1, pair.First.abs().max().item<float>()))));

        Tensor[] Compute(bool computesPadding)
        {
            var model = new TransformerModel(architecture.With(architecture.Config.WithDropout(0)), kind, parameters, computesPadding: computesPadding);
            var batch = model.Batch(rows, CPU, wanted: places);
            Assert.Equal(computesPadding, batch.Packing is null);
            var outputs = model.Forward(batch, dropout: null);
            model.Backward(outputs.mul(linspace(-1, 1, outputs.numel()).view(outputs.shape)).sum());
            Tensor[] gradients = [.. parameters.Buffers.Select(buffer => buffer.Gradients!.clone())];
            using var noGradients = no_grad();
            foreach (var buffer in parameters.Buffers)
            {
                buffer.Gradients!.zero_();
            }

            return [outputs.detach(), .. gradients];
        }
    }

    private static Tensor Numbers(ScalarType type, params long[] shape) => arange(shape.Aggregate((product, size) => product * size), ScalarType.Float32).view(shape).to(type);

    private static void AssertSameGradient(Tensor input, Func<Tensor, Tensor> first, Func<Tensor, Tensor> second)
        => Assert.True(Gradient(input, first).allclose(Gradient(input, second), rtol: 0, atol: 0));

    private static Tensor Gradient(Tensor input, Func<Tensor, Tensor> compute)
    {
        var leaf = input.detach().clone().requires_grad_();
        compute(leaf).sum().backward();
        return leaf.grad!;
    }
}
