using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;

namespace FineTune.Training.Export;

/// <summary>Writes trained models as ONNX files for FineTune.Runtime, and for every other program that reads ONNX.</summary>
/// <remarks>
/// The graph's contract: inputs <c>input_ids</c>, <c>attention_mask</c> and, for pairs of texts, <c>token_type_ids</c>, 64-bit integers <c>[batch, sequence]</c>; output
/// <c>logits</c>, 32-bit floats <c>[batch, outputs]</c>, or <c>[batch, sequence, outputs]</c> where each token has an answer. Batch and sequence length are free in every call. Columns whose mask is 0 change nothing.
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

    /// <summary>Name of the input that says which text of a pair a token belongs to.</summary>
    public const string SegmentIds = "token_type_ids";

    private const string Batch = "batch";
    private const string Sequence = "sequence";

    /// <summary>Writes a model. The same weights give the same bytes.</summary>
    /// <param name="architecture">What is computed.</param>
    /// <param name="head">The head.</param>
    /// <param name="outputs">Number of the head's outputs.</param>
    /// <param name="hasSegments">Whether the rows are pairs of texts that the model tells apart by <c>token_type_ids</c>.</param>
    /// <param name="weights">The weights by their Hugging Face names; those that are not part of the model are left out.</param>
    /// <param name="output">Where the file's bytes go.</param>
    /// <param name="quantization">The form of the encoder's weights.</param>
    /// <exception cref="FineTuneException">FT4051: a weight is missing or has another shape; FT4053: too large for one file.</exception>
    public static void Write(
        Architecture architecture, HeadKind head, int outputs, bool hasSegments, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights, Stream output, Quantization quantization = Quantization.None)
    {
        RequireWeights(architecture.Parameters(head, outputs), weights);
        var graph = new OnnxGraphBuilder($"{architecture.ClassPrefix.ToLowerInvariant()}-{HeadName(head)}", OperatorSetVersion, IntermediateRepresentation);
        var ids = graph.IntegerInput(InputIds, Batch, Sequence);
        var mask = graph.IntegerInput(AttentionMask, Batch, Sequence);
        var segments = hasSegments ? graph.IntegerInput(SegmentIds, Batch, Sequence) : null;
        var operations = quantization == Quantization.None
            ? new OnnxOperations(graph, weights, ids, mask, segments)
            : new QuantizedOperations(graph, weights, ids, mask, segments, architecture.WeightPrefix);

        var result = architecture.Forward(operations, head);
        if (head == HeadKind.Sequence)
        {
            graph.FloatOutput(graph.Node("Identity", Logits, [result.Name]), Batch, outputs);
        }
        else
        {
            graph.FloatOutput(graph.Node("Identity", Logits, [operations.ByToken(result).Name]), Batch, Sequence, outputs);
        }

        graph.Write(output, ProducerVersion);
    }

    private static string HeadName(HeadKind head) => head switch
    {
        HeadKind.Sequence => "classifier",
        HeadKind.Token => "token-classifier",
        _ => "masked-language-model",
    };

    private static void RequireWeights(IEnumerable<ParameterDefinition> definitions, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights)
    {
        foreach (var definition in definitions)
        {
            if (!weights.TryGetValue(definition.Name, out var weight))
            {
                throw new FineTuneException("FT4051", $"The trained model has no weight '{definition.Name}', which its export needs. Nothing was stored; please report this with the base model's name.");
            }

            if (!weight.Info.Shape.SequenceEqual(definition.Shape))
            {
                throw new FineTuneException("FT4051", $"The trained weight '{definition.Name}' has the shape [{string.Join(", ", weight.Info.Shape)}]; its export needs [{string.Join(", ", definition.Shape)}]. Nothing was stored; please report this with the base model's name.");
            }
        }
    }

    // Three numbers, without the commit that an informational version carries: the same release writes the same bytes.
    private static string ProducerVersion => typeof(OnnxExport).Assembly.GetName().Version!.ToString(3);
}
