using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Onnx;

namespace FineTune.Training.Export;

/// <summary>
/// BERT (Devlin et al., 2019) with pooler and classification head as an ONNX graph, read top to bottom. Hidden states are
/// <c>[batch × sequence, hidden]</c>, so that a linear layer is one <c>Gemm</c>: it takes the weight as Hugging Face stores it and adds the bias in the product.
/// </summary>
internal sealed class BertClassifierGraph(
    OnnxGraphBuilder graph,
    BertConfig config,
    IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights,
    int labelCount)
{
    private const string Batch = "batch";
    private const string Sequence = "sequence";

    private readonly long hidden = config.HiddenSize;
    private readonly long heads = config.HeadCount;
    private readonly long headSize = config.HeadSize;

    /// <summary>Adds all inputs, nodes and outputs to the graph.</summary>
    public void Build()
    {
        var inputIds = graph.IntegerInput(OnnxExport.InputIds, Batch, Sequence);
        var attentionMask = graph.IntegerInput(OnnxExport.AttentionMask, Batch, Sequence);

        var constants = AddConstants(inputIds);
        var mask = AdditiveMask(attentionMask); // [batch, 1, 1, sequence]
        var hiddenStates = Embeddings(inputIds, constants); // [batch × sequence, hidden]
        for (var layer = 0; layer < config.LayerCount - 1; layer++)
        {
            hiddenStates = EncoderLayer(layer, hiddenStates, mask, constants);
        }

        var classify = LastEncoderLayer(config.LayerCount - 1, hiddenStates, mask, constants); // [batch, hidden]
        var pooled = graph.Node("Tanh", "pooler/activation", [Linear("pooler/dense", "bert.pooler.dense", classify, hidden, hidden)]);
        graph.FloatOutput(Linear(OnnxExport.Logits, "classifier", pooled, hidden, labelCount), Batch, labelCount);
    }

    private Constants AddConstants(string inputIds)
    {
        var batchAndSequence = graph.Node("Shape", "shape/input", [inputIds]);
        return new Constants(
            Rows: graph.Integers("shape/rows", -1, hidden),
            Heads: graph.Node("Concat", "shape/heads", [batchAndSequence, graph.Integers("shape/head_count_and_size", heads, headSize)], OnnxAttribute.Integer("axis", 0)),
            // A zero keeps the length of the input's axis: the batch.
            OneTokenHeads: graph.Integers("shape/one_token_heads", 0, heads, 1, headSize),
            // Scaling the queries once costs less than scaling all scores.
            QueryScale: graph.Scalar("attention/query_scale", 1f / MathF.Sqrt(headSize)),
            FirstToken: graph.ScalarInteger("attention/first_token", 0));
    }

    // 0 for tokens, the most negative float for padding: after Softmax a padded column weighs exactly 0.
    private string AdditiveMask(string attentionMask)
    {
        var mask = graph.Node("Cast", "mask/float", [attentionMask], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float));
        var padding = graph.Node("Sub", "mask/padding", [graph.Scalar("mask/one", 1f), mask]);
        var additive = graph.Node("Mul", "mask/additive", [padding, graph.Scalar("mask/lowest", float.MinValue)]);
        return graph.Node("Unsqueeze", "mask/per_head_and_query", [additive, graph.Integers("mask/axes", 1, 2)]);
    }

    private string Embeddings(string inputIds, Constants constants)
    {
        var words = Weight("bert.embeddings.word_embeddings.weight", config.VocabularySize, hidden);
        var positions = graph.Weight("bert.embeddings.position_embeddings.weight+token_type_embeddings.weight[0]", [config.MaxPositions, hidden], PositionsOfFirstSegment());
        var length = graph.Node("Shape", "embeddings/length", [inputIds], OnnxAttribute.Integer("start", 1));
        var zero = graph.Integers("embeddings/zero", 0);

        var wordStates = graph.Node("Gather", "embeddings/words", [words, inputIds]); // [batch, sequence, hidden]
        var positionStates = graph.Node("Slice", "embeddings/positions", [positions, zero, length, zero]); // [sequence, hidden]
        var sum = graph.Node("Add", "embeddings/sum", [wordStates, positionStates]);
        var rows = graph.Node("Reshape", "embeddings/rows", [sum, constants.Rows]);
        return LayerNorm("embeddings/norm", "bert.embeddings.LayerNorm", rows);
    }

    /// <summary>A single text is all segment 0, so that segment's embedding is added to every position here and not in every call.</summary>
    private float[] PositionsOfFirstSegment()
    {
        var positions = Values("bert.embeddings.position_embeddings.weight", config.MaxPositions, hidden).ToArray();
        var segments = Values("bert.embeddings.token_type_embeddings.weight", config.TypeVocabularySize, hidden);
        for (var index = 0; index < positions.Length; index++)
        {
            positions[index] += segments[index % config.HiddenSize];
        }

        return positions;
    }

    private string EncoderLayer(int layer, string hiddenStates, string mask, Constants constants)
    {
        var (prefix, weight) = Names(layer);
        var query = graph.Node("Reshape", $"{prefix}/query_by_token", [Query(prefix, weight, hiddenStates, constants), constants.Heads]); // [batch, sequence, heads, head size]
        var queries = graph.Node("Transpose", $"{prefix}/queries", [query], OnnxAttribute.Integers("perm", 0, 2, 1, 3)); // [batch, heads, sequence, head size]
        var context = Attention(prefix, weight, queries, hiddenStates, mask, constants); // [batch, heads, sequence, head size]
        var contextByToken = graph.Node("Transpose", $"{prefix}/context_by_token", [context], OnnxAttribute.Integers("perm", 0, 2, 1, 3));
        var attended = graph.Node("Reshape", $"{prefix}/attended", [contextByToken, constants.Rows]);
        return FeedForward(prefix, weight, attended, residual: hiddenStates);
    }

    /// <summary>
    /// Only the first token's output is read by the pooler: its attention needs the keys and values of every token, but one
    /// query, and everything after attention concerns one token of each text.
    /// </summary>
    private string LastEncoderLayer(int layer, string hiddenStates, string mask, Constants constants)
    {
        var (prefix, weight) = Names(layer);
        var byToken = graph.Node("Reshape", $"{prefix}/by_token", [hiddenStates, constants.Heads]); // [batch, sequence, heads, head size]
        var first = graph.Node("Gather", $"{prefix}/first_token_heads", [byToken, constants.FirstToken], OnnxAttribute.Integer("axis", 1)); // [batch, heads, head size]
        var classify = graph.Node("Reshape", $"{prefix}/first_token", [first, constants.Rows]); // [batch, hidden]
        var queries = graph.Node("Reshape", $"{prefix}/queries", [Query(prefix, weight, classify, constants), constants.OneTokenHeads]); // [batch, heads, 1, head size]
        var context = Attention(prefix, weight, queries, hiddenStates, mask, constants); // [batch, heads, 1, head size]
        var attended = graph.Node("Reshape", $"{prefix}/attended", [context, constants.Rows]);
        return FeedForward(prefix, weight, attended, residual: classify);
    }

    private string Query(string prefix, string weight, string hiddenStates, Constants constants)
    {
        var query = Linear($"{prefix}/query", $"{weight}.attention.self.query", hiddenStates, hidden, hidden);
        return graph.Node("Mul", $"{prefix}/scaled_query", [query, constants.QueryScale]);
    }

    private string Attention(string prefix, string weight, string queries, string hiddenStates, string mask, Constants constants)
    {
        var key = Linear($"{prefix}/key", $"{weight}.attention.self.key", hiddenStates, hidden, hidden);
        var keyByToken = graph.Node("Reshape", $"{prefix}/key_by_token", [key, constants.Heads]);
        var keys = graph.Node("Transpose", $"{prefix}/keys", [keyByToken], OnnxAttribute.Integers("perm", 0, 2, 3, 1)); // [batch, heads, head size, sequence]
        var value = Linear($"{prefix}/value", $"{weight}.attention.self.value", hiddenStates, hidden, hidden);
        var valueByToken = graph.Node("Reshape", $"{prefix}/value_by_token", [value, constants.Heads]);
        var values = graph.Node("Transpose", $"{prefix}/values", [valueByToken], OnnxAttribute.Integers("perm", 0, 2, 1, 3)); // [batch, heads, sequence, head size]

        var scores = graph.Node("MatMul", $"{prefix}/scores", [queries, keys]); // [batch, heads, queries, sequence]
        var masked = graph.Node("Add", $"{prefix}/masked_scores", [scores, mask]);
        var shares = graph.Node("Softmax", $"{prefix}/shares", [masked], OnnxAttribute.Integer("axis", -1));
        return graph.Node("MatMul", $"{prefix}/context", [shares, values]);
    }

    private string FeedForward(string prefix, string weight, string attended, string residual)
    {
        var projected = Linear($"{prefix}/attention_output", $"{weight}.attention.output.dense", attended, hidden, hidden);
        var attentionSum = graph.Node("Add", $"{prefix}/attention_residual", [projected, residual]);
        var attention = LayerNorm($"{prefix}/attention_norm", $"{weight}.attention.output.LayerNorm", attentionSum);

        var widened = Linear($"{prefix}/intermediate", $"{weight}.intermediate.dense", attention, hidden, config.IntermediateSize);
        var activated = Activation($"{prefix}/activation", widened);
        var narrowed = Linear($"{prefix}/output", $"{weight}.output.dense", activated, config.IntermediateSize, hidden);
        var outputSum = graph.Node("Add", $"{prefix}/output_residual", [narrowed, attention]);
        return LayerNorm($"{prefix}/output_norm", $"{weight}.output.LayerNorm", outputSum);
    }

    private string Activation(string name, string input) => config.HiddenActivation switch
    {
        "gelu" => graph.Node("Gelu", name, [input]),
        "gelu_new" or "gelu_pytorch_tanh" => graph.Node("Gelu", name, [input], OnnxAttribute.Text("approximate", "tanh")),
        "relu" => graph.Node("Relu", name, [input]),
        var other => throw new FineTuneException("FT4052", $"The activation '{other}' cannot be exported to ONNX; gelu, gelu_new, gelu_pytorch_tanh and relu can. Choose another base model."),
    };

    private string Linear(string name, string weight, string input, long inputSize, long outputSize)
        => graph.Node(
            "Gemm",
            name,
            [input, Weight($"{weight}.weight", outputSize, inputSize), Weight($"{weight}.bias", outputSize)],
            OnnxAttribute.Integer("transB", 1));

    private string LayerNorm(string name, string weight, string input)
        => graph.Node(
            "LayerNormalization",
            name,
            [input, Weight($"{weight}.weight", hidden), Weight($"{weight}.bias", hidden)],
            OnnxAttribute.Integer("axis", -1),
            OnnxAttribute.Float("epsilon", config.LayerNormEpsilon));

    private string Weight(string name, params ReadOnlySpan<long> shape) => graph.Weight(name, shape, Values(name, shape));

    private ReadOnlySpan<float> Values(string name, params ReadOnlySpan<long> shape)
    {
        if (!weights.TryGetValue(name, out var weight))
        {
            throw new FineTuneException("FT4051", $"The trained model has no weight '{name}', which its export needs. Nothing was stored; please report this with the base model's name.");
        }

        if (!weight.Info.Shape.SequenceEqual(shape.ToArray()))
        {
            throw new FineTuneException("FT4051", $"The trained weight '{name}' has the shape [{string.Join(", ", weight.Info.Shape)}]; its export needs [{string.Join(", ", shape.ToArray())}]. Nothing was stored; please report this with the base model's name.");
        }

        return weight.Values.Span;
    }

    private static (string Prefix, string Weight) Names(int layer) => ($"layer.{layer}", $"bert.encoder.layer.{layer}");

    /// <summary>Values that all layers share.</summary>
    private sealed record Constants(string Rows, string Heads, string OneTokenHeads, string QueryScale, string FirstToken);
}
