using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Onnx;
using FineTune.Training.Tests.Checkpoints;
using FineTune.Training.Tests.Models;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Training.Tests.Export;

/// <summary>Files with 8-bit weights, beside those with 32-bit floats of the same random models.</summary>
public sealed class QuantizedExportTests : IDisposable
{
    private static readonly string[] Families = ["Roberta", "DistilBert", "Electra", "Albert", "MPNet"];

    private readonly string folder = Directory.CreateTempSubdirectory("finetune-quantized-").FullName;

    public static TheoryData<string, string> FamiliesAndHeads
        => [.. from family in Families.Concat(DistanceFamily.Names) from head in Enum.GetNames<HeadKind>() select (family, head)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(FamiliesAndHeads))]
    public void Outputs_stay_near_those_of_the_floats(string family, string head)
    {
        var kind = Enum.Parse<HeadKind>(head);
        var (architecture, outputs, rows, weights) = Model(family, kind);
        var floats = Export(architecture, kind, outputs, weights, Quantization.None);
        var integers = Export(architecture, kind, outputs, weights, Quantization.Int8);

        var (expected, actual) = (Run(floats, rows), Run(integers, rows));

        // All weights of these models are large and random, so that every rounding goes through to the end; of trained models the difference is far smaller.
        Assert.InRange(RootMeanSquare(expected.Zip(actual, (left, right) => left - right)), 1e-6, 0.1 * Spread(expected));
    }

    [Fact]
    public void The_built_in_model_takes_less_than_a_third_of_the_bytes()
    {
        var folder = RepositoryFiles.Path("models/tiny");
        var architecture = Architectures.Read(Path.Combine(folder, "config.json"));
        var weights = TinyBert.ReadWeights(Path.Combine(folder, "model.safetensors"));

        var (floats, integers) = (SizeOf(Quantization.None), SizeOf(Quantization.Int8));

        Assert.InRange((double)integers / floats, 0.25, 0.30);

        int SizeOf(Quantization quantization) => Export(architecture, HeadKind.MaskedLanguage, architecture.Config.VocabularySize, weights, quantization).Length;
    }

    [Fact]
    public void Only_biases_normalizations_small_tables_and_the_head_stay_floats()
    {
        var floats = Graph(Quantization.Int8).Initializer.Where(tensor => tensor.DataType == TensorProto.Types.DataType.Float && tensor.Dims.Count > 1).Select(tensor => tensor.Name);

        Assert.Equal(["classifier.weight"], floats);
    }

    [Fact]
    public void No_sum_of_two_products_is_cut_off_on_processors_that_add_in_16_bits()
    {
        var integers = Graph(Quantization.Int8).Initializer.Where(tensor => tensor.DataType == TensorProto.Types.DataType.Int8).ToList();

        Assert.NotEmpty(integers);
        Assert.All(integers, tensor => Assert.True(2 * byte.MaxValue * tensor.RawData.Span.ToArray().Max(value => Math.Abs((int)(sbyte)value)) <= short.MaxValue, tensor.Name));
    }

    [Fact]
    public void A_table_that_is_looked_up_and_multiplied_with_is_stored_once()
    {
        var (architecture, outputs, rows, weights) = Model("Roberta", HeadKind.MaskedLanguage);

        var graph = ModelProto.Parser.ParseFrom(Export(architecture, HeadKind.MaskedLanguage, outputs, weights, Quantization.Int8)).Graph;

        Assert.Single(graph.Initializer, tensor => tensor.Name.Contains("word_embeddings", StringComparison.Ordinal) && tensor.Dims.Count == 2);
    }

    [Fact]
    public void Onnx_runtime_makes_one_kernel_of_each_layer()
    {
        var optimized = Path.Combine(folder, "optimized.onnx");
        using var options = new SessionOptions { OptimizedModelFilePath = optimized, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED };
        using var session = new InferenceSession(Export(TinyBert.Architecture, HeadKind.Sequence, TinyBert.LabelCount, TinyBert.Weights, Quantization.Int8), options);

        var kernels = ModelProto.Parser.ParseFrom(File.ReadAllBytes(optimized)).Graph.Node.CountBy(node => node.OpType).ToDictionary();

        // Six in each layer, and the pooler.
        Assert.Equal((6 * TinyBert.Config.LayerCount) + 1, kernels["DynamicQuantizeMatMul"] + kernels["MatMulIntegerToFloat"]);
        Assert.DoesNotContain("MatMulInteger", kernels.Keys);
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes()
        => Assert.Equal(
            Export(TinyBert.Architecture, HeadKind.Sequence, TinyBert.LabelCount, TinyBert.Weights, Quantization.Int8),
            Export(TinyBert.Architecture, HeadKind.Sequence, TinyBert.LabelCount, TinyBert.Weights.Reverse().ToDictionary(), Quantization.Int8));

    private static GraphProto Graph(Quantization quantization)
        => ModelProto.Parser.ParseFrom(Export(TinyBert.Architecture, HeadKind.Sequence, TinyBert.LabelCount, TinyBert.Weights, quantization)).Graph;

    private static (Architecture Architecture, int Outputs, IReadOnlyList<int[]> Rows, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> Weights) Model(string family, HeadKind head)
    {
        if (DistanceFamily.Names.Contains(family))
        {
            var distances = new DistanceFamily(family);
            return (distances.Architecture, distances.OutputsOf(head), distances.Golden.Rows, distances.Weights(head));
        }

        var folder = new FamilyFolder(family);
        using var parameters = folder.Parameters(head);
        return (folder.Architecture, folder.Outputs(head), folder.Golden.InputIds, parameters.ReadAll().ToDictionary(weight => weight.Info.Name, weight => (weight.Info, weight.Values)));
    }

    private static byte[] Export(Architecture architecture, HeadKind head, int outputs, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights, Quantization quantization)
    {
        using var file = new MemoryStream();
        OnnxExport.Write(architecture, head, outputs, hasSegments: false, weights, file, quantization);
        return file.ToArray();
    }

    /// <summary>The outputs of one row after the other.</summary>
    private static float[] Run(byte[] file, IReadOnlyList<int[]> rows)
    {
        using var session = new InferenceSession(file);
        using var options = new RunOptions();
        return [.. rows.SelectMany(row =>
        {
            long[] shape = [1, row.Length];
            using var ids = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(row, id => (long)id), shape);
            using var mask = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(row, _ => 1L), shape);
            using var outputs = session.Run(options, new Dictionary<string, OrtValue> { ["input_ids"] = ids, ["attention_mask"] = mask }, ["logits"]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        })];
    }

    private static double RootMeanSquare(IEnumerable<float> values) => Math.Sqrt(values.Average(value => (double)value * value));

    private static double Spread(float[] values)
    {
        var mean = values.Average();
        return RootMeanSquare(values.Select(value => value - mean));
    }
}
