using FineTune.Core.Diagnostics;
using FineTune.Training.Export;
using FineTune.Training.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Training.Tests.Export;

public sealed class OnnxExportTests
{
    [Theory]
    [InlineData("gelu")]
    [InlineData("gelu_new")]
    [InlineData("relu")]
    public void Logits_equal_those_of_transformers(string activation)
    {
        using var session = new InferenceSession(TinyBert.Export(activation));

        for (var row = 0; row < TinyBert.InputIds.Count; row++)
        {
            var logits = Run(session, [TinyBert.InputIds[row]]);
            AssertClose(TinyBert.ReferenceLogits(activation)[row], logits[0]);
        }
    }

    [Fact]
    public void Padding_and_the_other_texts_of_a_batch_change_nothing()
    {
        using var session = new InferenceSession(TinyBert.Export());

        var logits = Run(session, TinyBert.InputIds);

        for (var row = 0; row < TinyBert.InputIds.Count; row++)
        {
            AssertClose(TinyBert.ReferenceLogits("gelu")[row], logits[row]);
        }
    }

    [Fact]
    public void Ids_under_the_mask_change_nothing()
    {
        using var session = new InferenceSession(TinyBert.Export());
        var ids = TinyBert.InputIds[2];

        var zeros = Run(session, [ids], columns: 20, filler: 0);
        var others = Run(session, [ids], columns: 20, filler: 17);

        Assert.Equal(zeros[0], others[0]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 24)]
    [InlineData(7, 2)]
    [InlineData(64, 24)]
    public void Any_batch_and_any_length_runs(int rows, int columns)
    {
        using var session = new InferenceSession(TinyBert.Export());

        var logits = Run(session, [.. Enumerable.Repeat<IReadOnlyList<long>>([2], rows)], columns);

        Assert.Equal(rows, logits.Count);
        Assert.All(logits, row => Assert.Equal(TinyBert.LabelCount, row.Count));
        Assert.All(logits, row => Assert.All(row, logit => Assert.True(float.IsFinite(logit))));
    }

    [Fact]
    public void A_single_layer_can_be_exported()
    {
        using var file = new MemoryStream();

        TinyBert.Write(TinyBert.Config with { LayerCount = 1 }, TinyBert.Weights, TinyBert.LabelCount, file);

        using var session = new InferenceSession(file.ToArray());
        Assert.Equal(TinyBert.LabelCount, Run(session, [TinyBert.InputIds[0]])[0].Count);
    }

    [Fact]
    public void Inputs_and_output_keep_the_contract()
    {
        using var session = new InferenceSession(TinyBert.Export());

        Assert.Equal(["attention_mask", "input_ids"], session.InputMetadata.Keys.Order(StringComparer.Ordinal));
        Assert.All(session.InputMetadata.Values, input => Assert.Equal(typeof(long), input.ElementType));
        Assert.All(session.InputMetadata.Values, input => Assert.Equal(["batch", "sequence"], input.SymbolicDimensions));
        var output = Assert.Single(session.OutputMetadata);
        Assert.Equal("logits", output.Key);
        Assert.Equal(typeof(float), output.Value.ElementType);
        Assert.Equal([-1, TinyBert.LabelCount], output.Value.Dimensions);
    }

    [Fact]
    public void Weights_keep_their_names_and_bytes()
    {
        var stored = ModelProto.Parser.ParseFrom(TinyBert.Export()).Graph.Initializer.ToDictionary(tensor => tensor.Name);

        foreach (var (name, weight) in TinyBert.Weights)
        {
            if (name.Contains("token_type_embeddings", StringComparison.Ordinal))
            {
                continue; // only its first row is stored
            }

            Assert.Equal(weight.Info.Shape, stored[name].Dims);
            Assert.Equal(System.Runtime.InteropServices.MemoryMarshal.AsBytes(weight.Values.Span), stored[name].RawData.Span);
        }
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes()
    {
        var reversed = TinyBert.Weights.Reverse().ToDictionary();
        using var file = new MemoryStream();
        TinyBert.Write(TinyBert.Config, reversed, TinyBert.LabelCount, file);

        Assert.Equal(TinyBert.Export(), file.ToArray());
    }

    [Fact]
    public void The_file_says_who_made_it()
    {
        var model = ModelProto.Parser.ParseFrom(TinyBert.Export());

        Assert.Equal("FineTune.Build", model.ProducerName);
        Assert.Matches(@"^\d+\.\d+\.\d+$", model.ProducerVersion);
        Assert.Equal(OnnxExport.OperatorSetVersion, Assert.Single(model.OpsetImport).Version);
    }

    [Fact]
    public void A_missing_weight_is_named()
    {
        var weights = TinyBert.Weights.Where(pair => pair.Key != "bert.pooler.dense.bias").ToDictionary();

        var exception = Assert.Throws<FineTuneException>(() => TinyBert.Write(TinyBert.Config, weights, TinyBert.LabelCount, Stream.Null));

        Assert.Equal("FT4051", exception.Code);
        Assert.Contains("bert.pooler.dense.bias", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_of_another_shape_is_named()
    {
        var exception = Assert.Throws<FineTuneException>(() => TinyBert.Write(TinyBert.Config, TinyBert.Weights, 4, Stream.Null));

        Assert.Equal("FT4051", exception.Code);
        Assert.Contains("classifier.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 32]", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var index = 0; index < expected.Count; index++)
        {
            Assert.Equal(expected[index], actual[index], 1e-5f);
        }
    }

    /// <summary>Pads the rows to one length (or to <paramref name="columns"/>) and runs them as one batch.</summary>
    private static List<IReadOnlyList<float>> Run(InferenceSession session, IReadOnlyList<IReadOnlyList<long>> rows, int columns = 0, long filler = 0)
    {
        columns = Math.Max(columns, rows.Max(row => row.Count));
        var ids = new long[rows.Count * columns];
        var mask = new long[rows.Count * columns];
        Array.Fill(ids, filler);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows[row].Count; column++)
            {
                ids[(row * columns) + column] = rows[row][column];
                mask[(row * columns) + column] = 1;
            }
        }

        long[] shape = [rows.Count, columns];
        using var idTensor = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskTensor = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, new Dictionary<string, OrtValue> { ["input_ids"] = idTensor, ["attention_mask"] = maskTensor }, ["logits"]);
        return [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(TinyBert.LabelCount)];
    }
}
