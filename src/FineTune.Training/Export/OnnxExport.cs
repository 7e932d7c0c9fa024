using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;

namespace FineTune.Training.Export;

/// <summary>Writes trained models as ONNX files for FineTune.Runtime, and for every other program that reads ONNX.</summary>
/// <remarks>
/// The graph's contract: inputs <c>input_ids</c> and <c>attention_mask</c>, 64-bit integers <c>[batch, sequence]</c>; output
/// <c>logits</c>, 32-bit floats <c>[batch, labels]</c>. Batch and sequence length are free in every call. Columns whose mask is 0 change nothing.
/// </remarks>
internal static class OnnxExport
{
    /// <summary>The standard operator set of the files: the first with <c>Gelu</c>.</summary>
    public const int OperatorSetVersion = 20;

    /// <summary>The file format's version, of the ONNX release that brought the operator set.</summary>
    public const int IntermediateRepresentation = 9;

    /// <summary>Name of the token-id input.</summary>
    public const string InputIds = "input_ids";

    /// <summary>Name of the input that is 1 for a token and 0 for padding.</summary>
    public const string AttentionMask = "attention_mask";

    /// <summary>Name of the output.</summary>
    public const string Logits = "logits";

    /// <summary>Writes a BERT encoder with pooler and classification head. The same weights give the same bytes.</summary>
    /// <param name="config">The encoder's shape.</param>
    /// <param name="weights">The weights by their Hugging Face names; those that are not part of the model are left out.</param>
    /// <param name="labelCount">Number of labels: rows of <c>classifier.weight</c>.</param>
    /// <param name="output">Where the file's bytes go.</param>
    /// <exception cref="FineTuneException">FT4051: a weight is missing or has another shape; FT4052: an activation that cannot be exported; FT4053: too large for one file.</exception>
    public static void WriteBertClassifier(BertConfig config, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights, int labelCount, Stream output)
    {
        var graph = new OnnxGraphBuilder("bert-classifier", OperatorSetVersion, IntermediateRepresentation);
        new BertClassifierGraph(graph, config, weights, labelCount).Build();
        graph.Write(output, ProducerVersion);
    }

    // Three numbers, without the commit that an informational version carries: the same release writes the same bytes.
    private static string ProducerVersion => typeof(OnnxExport).Assembly.GetName().Version!.ToString(3);
}
