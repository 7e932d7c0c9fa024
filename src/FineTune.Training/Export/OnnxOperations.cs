using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Onnx;

namespace FineTune.Training.Export;

/// <summary>Writes a model as an ONNX graph. A linear layer is one <c>Gemm</c>: it takes the weight as Hugging Face stores it and adds the bias in the product.</summary>
/// <param name="graph">Receives the nodes.</param>
/// <param name="weights">The weights by their Hugging Face names.</param>
/// <param name="inputIds">The input with the token ids. [batch, sequence]</param>
/// <param name="attentionMask">The input that is 1 for tokens and 0 for padding. [batch, sequence]</param>
/// <param name="segmentIds">The input with the number of each token's text; <see langword="null"/> without.</param>
internal sealed class OnnxOperations(
    OnnxGraphBuilder graph,
    IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights,
    string inputIds,
    string attentionMask,
    string? segmentIds) : IModelOperations<OnnxValue>
{
    private static readonly AttributeProto LastAxis = OnnxAttribute.Integer("axis", -1);

    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> nodesOfName = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public OnnxValue InputIds { get; } = new(inputIds);

    /// <inheritdoc/>
    public OnnxValue? SegmentIds { get; } = segmentIds is null ? null : new(segmentIds);

    /// <inheritdoc/>
    public IDisposable Part(string parameter) => NoScope.Instance;

    /// <inheritdoc/>
    public OnnxValue Lookup(string table, OnnxValue ids) => new(Node("Gather", table, [Weight(table), ids.Name]), Shape(table)[1]);

    /// <inheritdoc/>
    public OnnxValue Row(string table, int index)
    {
        var width = (int)Shape(table)[1];
        var name = $"{table}[{index}]";
        return new(Shared(name, () => graph.Weight(name, [width], Values(table).Slice(index * width, width))), width);
    }

    /// <inheritdoc/>
    public OnnxValue Positions(string table, int first)
    {
        var length = Length();
        var end = first == 0 ? length : Shared($"shape/length+{first}", () => graph.Node("Add", $"shape/length+{first}", [length, Integers(first)]));
        return new(Node("Slice", table, [Weight(table), Integers(first), end, Integers(0)]), Shape(table)[1]);
    }

    /// <inheritdoc/>
    public OnnxValue Flatten(OnnxValue values) => values with { Name = Node("Reshape", $"{values.Name}/flat", [values.Name, Integers(-1, values.Width)]) };

    /// <inheritdoc/>
    public OnnxValue FirstToken(OnnxValue hidden)
    {
        var byToken = Node("Reshape", $"{hidden.Name}/by_token", [hidden.Name, TokenShape([hidden.Width])]); // [batch, sequence, width]
        var first = Shared("first_token", () => graph.ScalarInteger("first_token", 0));
        return new(Node("Gather", $"{hidden.Name}/first_token", [byToken, first], OnnxAttribute.Integer("axis", 1)), hidden.Width, OneQuery: true);
    }

    /// <summary>All of them: an app may ask for any.</summary>
    public OnnxValue WantedTokens(OnnxValue hidden) => hidden;

    /// <inheritdoc/>
    public OnnxValue Linear(string name, OnnxValue input) => Linear($"{name}.weight", $"{name}.bias", input);

    /// <inheritdoc/>
    public OnnxValue Linear(string weight, string? bias, OnnxValue input)
    {
        var outputs = Shape(weight)[0];
        string[] inputs = bias is null ? [input.Name, Weight(weight)] : [input.Name, Weight(weight), Weight(bias)];
        return input with { Name = Node("Gemm", weight, inputs, OnnxAttribute.Integer("transB", 1)), Width = outputs };
    }

    /// <inheritdoc/>
    public OnnxValue Normalize(string name, OnnxValue input, double epsilon)
        => input with { Name = Node("LayerNormalization", name, [input.Name, Weight($"{name}.weight"), Weight($"{name}.bias")], LastAxis, OnnxAttribute.Float("epsilon", epsilon)) };

    /// <inheritdoc/>
    public OnnxValue Activate(string activation, OnnxValue values) => values with
    {
        Name = activation switch
        {
            Activations.Gelu => Node("Gelu", $"{values.Name}/gelu", [values.Name]),
            Activations.Relu => Node("Relu", $"{values.Name}/relu", [values.Name]),
            Activations.Tanh => Node("Tanh", $"{values.Name}/tanh", [values.Name]),
            _ => Node("Gelu", $"{values.Name}/gelu", [values.Name], OnnxAttribute.Text("approximate", "tanh")),
        },
    };

    /// <inheritdoc/>
    public OnnxValue Add(OnnxValue left, OnnxValue right) => left with { Name = Node("Add", $"{left.Name}/plus", [left.Name, right.Name]) };

    /// <inheritdoc/>
    public OnnxValue Drop(OnnxValue values, double probability) => values;

    /// <inheritdoc/>
    public OnnxValue SplitHeads(OnnxValue vectors, int headCount)
    {
        var size = vectors.Width / headCount;
        if (vectors.OneQuery)
        {
            return vectors with { Name = Node("Reshape", $"{vectors.Name}/heads", [vectors.Name, Integers(-1, headCount, 1, size)]), Width = size, HeadCount = headCount };
        }

        var byToken = Node("Reshape", $"{vectors.Name}/by_token", [vectors.Name, TokenShape([headCount, size])]); // [batch, sequence, heads, size]
        return vectors with { Name = Node("Transpose", $"{vectors.Name}/heads", [byToken], OnnxAttribute.Integers("perm", 0, 2, 1, 3)), Width = size, HeadCount = headCount };
    }

    /// <inheritdoc/>
    public OnnxValue Attend(OnnxValue query, OnnxValue key, OnnxValue value, double scale, double dropout, OnnxValue? bias = null)
    {
        // Scaling the queries costs less than scaling all scores.
        var scaled = Node("Mul", $"{query.Name}/scaled", [query.Name, Number(scale)]);
        var keys = Node("Transpose", $"{key.Name}/transposed", [key.Name], OnnxAttribute.Integers("perm", 0, 1, 3, 2)); // [batch, heads, size, sequence]
        var scores = Node("MatMul", $"{query.Name}/scores", [scaled, keys]);                                           // [batch, heads, queries, sequence]
        var biased = bias is null ? scores : Node("Add", $"{query.Name}/biased", [scores, bias.Name]);
        var masked = Node("Add", $"{query.Name}/masked", [biased, AdditiveMask()]);
        var shares = Node("Softmax", $"{query.Name}/shares", [masked], LastAxis);
        var context = Node("MatMul", $"{query.Name}/context", [shares, value.Name]);                                   // [batch, heads, queries, size]

        // One query needs no exchange of axes.
        var byToken = query.OneQuery ? context : Node("Transpose", $"{context}/by_token", [context], OnnxAttribute.Integers("perm", 0, 2, 1, 3));
        var width = value.HeadCount * value.Width;
        return new(Node("Reshape", $"{context}/joined", [byToken, Integers(-1, width)]), width, OneQuery: query.OneQuery);
    }

    /// <inheritdoc/>
    public OnnxValue BiasByDistance(string table, IReadOnlyList<int> rowOfDistance, bool firstTokenOnly)
    {
        var rows = Shared($"{table}/row_of_distance", () => graph.Integers($"{table}/row_of_distance", [.. rowOfDistance.Select(row => (long)row)]));
        var positions = Shared("positions", () => graph.Node("Range", "positions", [ScalarInteger(0), graph.Node("Squeeze", "shape/length/scalar", [Length(), Integers(0)]), ScalarInteger(1)]));
        var name = firstTokenOnly ? $"{table}/first_token" : table;
        var distances = firstTokenOnly
            ? Node("Unsqueeze", $"{name}/distances", [positions, Integers(0)])                                          // [1, sequence]
            : Node("Sub", $"{name}/distances", [positions, Node("Unsqueeze", $"{name}/queries", [positions, Integers(1)])]); // [sequence, sequence]
        var fromZero = Node("Add", $"{name}/distances_from_0", [distances, ScalarInteger(rowOfDistance.Count / 2)]);
        var biases = Node("Gather", name, [Weight(table), Node("Gather", $"{name}/rows", [rows, fromZero])]);           // [queries, sequence, heads]
        var byHead = Node("Transpose", $"{name}/by_head", [biases], OnnxAttribute.Integers("perm", 2, 0, 1));
        return new(Node("Unsqueeze", $"{name}/for_each_row", [byHead, Integers(0)]));                                   // [1, heads, queries, sequence]
    }

    /// <summary>From [batch × sequence, width] to [batch, sequence, width].</summary>
    public OnnxValue ByToken(OnnxValue values) => values with { Name = Node("Reshape", $"{values.Name}/by_token", [values.Name, TokenShape([values.Width])]) };

    /// <summary>0 for tokens, the most negative float for padding: after Softmax a padded column weighs exactly 0. [batch, 1, 1, sequence]</summary>
    private string AdditiveMask() => Shared("mask", () =>
    {
        var mask = graph.Node("Cast", "mask/float", [attentionMask], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float));
        var padding = graph.Node("Sub", "mask/padding", [Number(1), mask]);
        var additive = graph.Node("Mul", "mask/additive", [padding, Number(float.MinValue)]);
        return graph.Node("Unsqueeze", "mask/per_head_and_query", [additive, Integers(1, 2)]);
    });

    /// <summary>The shape [batch, sequence, …].</summary>
    private string TokenShape(params long[] rest)
    {
        var name = $"shape/batch,sequence,{string.Join(',', rest)}";
        return Shared(name, () => graph.Node("Concat", name, [Shared("shape/input", () => graph.Node("Shape", "shape/input", [InputIds.Name])), Integers(rest)], OnnxAttribute.Integer("axis", 0)));
    }

    /// <summary>The number of columns. [1]</summary>
    private string Length() => Shared("shape/length", () => graph.Node("Shape", "shape/length", [InputIds.Name], OnnxAttribute.Integer("start", 1)));

    private string Weight(string name) => Shared(name, () => graph.Weight(name, [.. Shape(name)], Values(name)));

    private string Number(double value)
    {
        var name = FormattableString.Invariant($"number/{(float)value}");
        return Shared(name, () => graph.Scalar(name, (float)value));
    }

    private string ScalarInteger(long value)
    {
        var name = $"integer/{value}";
        return Shared(name, () => graph.ScalarInteger(name, value));
    }

    private string Integers(params long[] values)
    {
        var name = $"integers/{string.Join(',', values)}";
        return Shared(name, () => graph.Integers(name, values));
    }

    /// <summary>A part of the graph that is written once, however often it is used.</summary>
    private string Shared(string name, Func<string> write)
    {
        if (!shared.TryGetValue(name, out var value))
        {
            shared.Add(name, value = write());
        }

        return value;
    }

    /// <summary>A node; a name that occurs again gets a number.</summary>
    private string Node(string operatorType, string name, string[] inputs, params AttributeProto[] attributes)
    {
        var count = nodesOfName[name] = nodesOfName.GetValueOrDefault(name) + 1;
        return graph.Node(operatorType, count == 1 ? $"{operatorType}/{name}" : $"{operatorType}/{name}#{count}", inputs, attributes);
    }

    private IReadOnlyList<long> Shape(string name) => weights[name].Info.Shape;

    private ReadOnlySpan<float> Values(string name) => weights[name].Values.Span;

    private sealed class NoScope : IDisposable
    {
        public static NoScope Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
