using System.Text.Json;
using FineTune.Training.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

public sealed class BertTests
{
    [Fact]
    public void Logits_equal_those_of_transformers_one_by_one_and_in_a_padded_batch()
    {
        using var parameters = TinyBertFolder.Parameters();
        var model = TinyBertFolder.Model(parameters);
        using var json = TinyBertFolder.Json("logits.json");
        var reference = json.RootElement.EnumerateArray().ToArray();
        EncodedText[] rows = [.. reference.Select(row => new EncodedText(Integers(row.GetProperty("ids")), 0))];

        var batched = RowOutputs.Compute(model, CPU, rows, batchSize: 8, select: null, TestContext.Current.CancellationToken);
        var single = RowOutputs.Compute(model, CPU, rows, batchSize: 1, select: null, TestContext.Current.CancellationToken);

        for (var row = 0; row < rows.Length; row++)
        {
            Assert.Equal(Integers(reference[row].GetProperty("ids")), TinyBertFolder.Tokenizer.Encode(Text(reference[row]), 40));
            var expected = reference[row].GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble()).ToArray();
            for (var label = 0; label < expected.Length; label++)
            {
                Assert.Equal(expected[label], batched[row][label], 1e-5);
                Assert.Equal(expected[label], single[row][label], 1e-5);
            }
        }
    }

    [Fact]
    public void Attention_with_dropout_of_almost_nothing_equals_attention_without()
    {
        using var parameters = TinyBertFolder.Parameters();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var batch = TokenBatch.Of([[2, 10, 11, 12, 3], [2, 20, 3]], 0, CPU);
        var config = TinyBertFolder.Config with { HiddenDropout = 0, AttentionDropout = 1e-9, ClassifierDropout = 0 };

        var without = TinyBertFolder.Model(parameters).Forward(batch, dropout: null);
        var with = TinyBertFolder.Model(parameters, config).Forward(batch, new Dropout(1));

        Assert.True(without.allclose(with, rtol: 0, atol: 1e-5));
    }

    [Fact]
    public void A_dropout_mask_is_the_same_in_whatever_order_its_pieces_are_filled()
    {
        FineTune.Training.Native.LibTorch.Load();
        using var scope = NewDisposeScope();
        const int pieceSize = 1 << 14;
        const int count = (2 * pieceSize) + 1001;

        var applied = new Dropout(7).Apply(ones(count), 0.1).data<float>().ToArray();

        var (seed, expected) = (new Dropout(7).NextSeed(), new float[count]);
        foreach (var piece in new[] { 2, 0, 1 })
        {
            new DropoutMask(seed, piece, 0.1).Fill(expected.AsSpan(piece * pieceSize, Math.Min(pieceSize, count - (piece * pieceSize))));
        }

        Assert.Equal(expected, applied);
        Assert.NotEqual(expected[..pieceSize], expected[pieceSize..(2 * pieceSize)]);
    }

    [Fact]
    public void Dropout_drops_its_share_keeps_the_expectation_and_repeats_with_the_seed()
    {
        FineTune.Training.Native.LibTorch.Load();
        using var scope = NewDisposeScope();
        var values = ones(1001, 101);

        var first = new Dropout(7).Apply(values, 0.1);
        var again = new Dropout(7).Apply(values, 0.1);
        var other = new Dropout(8).Apply(values, 0.1);

        Assert.Equal(0.9, first.ne(0).to(ScalarType.Float32).mean().item<float>(), 0.005);
        Assert.Equal(1, first.mean().item<float>(), 0.01);
        Assert.True(first.eq(again).all().item<bool>());
        Assert.False(first.eq(other).all().item<bool>());
    }

    private static int[] Integers(JsonElement element) => [.. element.EnumerateArray().Select(id => id.GetInt32())];

    private static string Text(JsonElement row)
        => row.GetProperty("text").ValueKind == JsonValueKind.String ? row.GetProperty("text").GetString()! : row.GetProperty("text")[0].GetString()!;
}
