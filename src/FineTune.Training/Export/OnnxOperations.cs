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
internal class OnnxOperations(
    OnnxGraphBuilder graph,
    IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights,
    string inputIds,
    string attentionMask,
    string? segmentIds) : IModelOperations<OnnxValue>
{
    private static readonly AttributeProto LastAxis = OnnxAttribute.Integer("axis", -1);

    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> nodesOfName = new(StringComparer.Ordinal);

    /// <summary>Receives the nodes.</summary>
    protected OnnxGraphBuilder Graph => graph;

    /// <inheritdoc/>
    public OnnxValue InputIds { get; } = new(inputIds);

    /// <inheritdoc/>
    public OnnxValue? SegmentIds { get; } = segmentIds is null ? null : new(segmentIds);

    /// <inheritdoc/>
    public IDisposable Part(string parameter) => NoScope.Instance;

    /// <inheritdoc/>
    public OnnxValue Layer(Func<OnnxValue, OnnxValue?, OnnxValue> compute, OnnxValue hidden, OnnxValue? distances) => compute(hidden, distances);

    /// <inheritdoc/>
    public virtual OnnxValue Lookup(string table, OnnxValue ids) => new(Node("Gather", table, [Weight(table), ids.Name]), Shape(table)[1]);

    /// <inheritdoc/>
    public OnnxValue Row(string table, int index)
    {
        var width = (int)Shape(table)[1];
        var name = $"{table}[{index}]";
        return new(Shared(name, () => graph.Weight(name, [width], Values(table).Slice(index * width, width))), width);
    }

    /// <inheritdoc/>
    public virtual OnnxValue Positions(string table, int first) => new(FirstRows(table, Weight(table), first), Shape(table)[1]);

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
    public virtual OnnxValue Linear(string weight, string? bias, OnnxValue input)
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
    public OnnxValue Attend(OnnxValue query, OnnxValue key, OnnxValue value, double scale, double dropout, OnnxValue? bias = null, int? reach = null)
    {
        // Scaling the queries costs less than scaling all scores.
        var scaled = Node("Mul", $"{query.Name}/scaled", [query.Name, Number(scale)]);
        var keys = Node("Transpose", $"{key.Name}/transposed", [key.Name], OnnxAttribute.Integers("perm", 0, 1, 3, 2)); // [batch, heads, size, sequence]
        var scores = Node("MatMul", $"{query.Name}/scores", [scaled, keys]);                                           // [batch, heads, queries, sequence]
        var biased = bias is null ? scores : Node("Add", $"{query.Name}/biased", [scores, bias.Name]);
        var masked = Node("Add", $"{query.Name}/masked", [biased, reach is { } tokens ? AdditiveMask(tokens, query.OneQuery) : AdditiveMask()]);
        var shares = Node("Softmax", $"{query.Name}/shares", [masked], LastAxis);
        var context = Node("MatMul", $"{query.Name}/context", [shares, value.Name]);                                   // [batch, heads, queries, size]

        // One query needs no exchange of axes.
        var byToken = query.OneQuery ? context : Node("Transpose", $"{context}/by_token", [context], OnnxAttribute.Integers("perm", 0, 2, 1, 3));
        var width = value.HeadCount * value.Width;
        return new(Node("Reshape", $"{context}/joined", [byToken, Integers(-1, width)]), width, OneQuery: query.OneQuery);
    }

    /// <inheritdoc/>
    public OnnxValue Normalize(string weight, string? bias, OnnxValue input, double epsilon)
    {
        string[] inputs = bias is null ? [input.Name, Weight(weight)] : [input.Name, Weight(weight), Weight(bias)];
        return input with { Name = Node("LayerNormalization", weight, inputs, LastAxis, OnnxAttribute.Float("epsilon", epsilon)) };
    }

    /// <inheritdoc/>
    public OnnxValue Multiply(OnnxValue left, OnnxValue right) => left with { Name = Node("Mul", $"{left.Name}/times", [left.Name, right.Name]) };

    /// <inheritdoc/>
    public OnnxValue Columns(OnnxValue values, int first, int width)
        => values with { Name = Node("Slice", $"{values.Name}[{first}..{first + width}]", [values.Name, Integers(first), Integers(first + width), Integers(-1)]), Width = width };

    /// <inheritdoc/>
    public OnnxValue MeanToken(OnnxValue hidden)
    {
        var shares = Shared("mask/shares", () =>
        {
            var mask = graph.Node("Cast", "mask/shares/float", [attentionMask], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float));
            var count = graph.Node("ReduceSum", "mask/shares/count", [mask, Integers(1)]);
            return graph.Node("Unsqueeze", "mask/shares", [graph.Node("Div", "mask/shares/of_tokens", [mask, count]), Integers(1)]); // [batch, 1, sequence]
        });
        var mean = Node("MatMul", $"{hidden.Name}/mean_token", [shares, ByToken(hidden).Name]);                                        // [batch, 1, width]
        return new(Node("Reshape", $"{mean}/flat", [mean, Integers(-1, hidden.Width)]), hidden.Width, OneQuery: true);
    }

    /// <inheritdoc/>
    public OnnxValue Rotate(OnnxValue heads, double theta)
    {
        if (heads.OneQuery)
        {
            return heads; // the first token is not turned
        }

        var size = (int)heads.Width;
        var half = size / 2;
        var left = Node("Slice", $"{heads.Name}/left", [heads.Name, Integers(0), Integers(half), Integers(-1)]);
        var right = Node("Slice", $"{heads.Name}/right", [heads.Name, Integers(half), Integers(size), Integers(-1)]);
        var swapped = Node("Concat", $"{heads.Name}/swapped", [right, left], LastAxis);
        var cosineTerm = Node("Mul", $"{heads.Name}/cosines", [heads.Name, RotationFactors("Cos", theta, size, negateFirst: false)]);
        var sineTerm = Node("Mul", $"{heads.Name}/sines", [swapped, RotationFactors("Sin", theta, size, negateFirst: true)]);
        return heads with { Name = Node("Add", $"{heads.Name}/rotated", [cosineTerm, sineTerm]) };
    }

    /// <inheritdoc/>
    public OnnxValue Table(string parameter) => new(Weight(parameter), Shape(parameter)[^1]);

    /// <inheritdoc/>
    public OnnxValue RowByHead(string parameter, int headCount)
    {
        var size = Shape(parameter)[0] / headCount;
        return new(Node("Reshape", $"{parameter}/by_head", [Weight(parameter), Integers(headCount, 1, size)]), size, headCount);
    }

    /// <inheritdoc/>
    public OnnxValue LinearByDistance(string weight, string? bias, OnnxValue table, IReadOnlyList<int> rows)
    {
        // All of the table depends on weights only, so that the runtime computes it once, when it opens the file.
        var vectors = Linear(weight, bias, table);
        var present = Shared("distances/rows", () =>
        {
            var longest = rows.Count / 2;
            var length = Length();
            var first = graph.Node("Sub", "distances/first", [Integers(longest), length]);
            var end = graph.Node("Add", "distances/end", [Integers(longest), length]);
            return graph.Node("Slice", "distances/rows", [graph.Integers("distances", [.. rows.Select(row => (long)row)]), first, end, Integers(0)]);
        });
        return vectors with { Name = Node("Gather", $"{vectors.Name}/by_distance", [vectors.Name, present]) };
    }

    /// <inheritdoc/>
    public OnnxValue? ScoreDistances(OnnxValue query, OnnxValue key, OnnxValue? keyPositions, OnnxValue? queryPositions, double scale)
    {
        var length = Length();
        var firstOfOneQuery = Shared("shape/length-1", () => graph.Node("Sub", "shape/length-1", [length, Integers(1)]));
        var endOfOneQuery = Shared("shape/2·length-1", () => graph.Node("Add", "shape/2·length-1", [length, firstOfOneQuery]));
        OnnxValue? scores = null;
        if (keyPositions is not null)
        {
            var positions = ByHead(keyPositions, query.OneQuery, 1, 2, 0);                                                             // [heads, size, distances]
            var byDistance = Node("MatMul", $"{query.Name}/by_distance", [query.Name, positions]);
            scores = query with { Name = query.OneQuery ? byDistance : ByOtherToken(byDistance, firstOfOneQuery, Integers(-1)) };
        }

        if (queryPositions is not null)
        {
            var ofKeys = query.OneQuery ? OfOneQuery(queryPositions) : OfAllQueries(queryPositions);
            scores = scores is null ? query with { Name = ofKeys } : Add(scores, query with { Name = ofKeys });
        }

        return scores;

        string OfOneQuery(OnnxValue table)
        {
            var products = Node("Mul", $"{key.Name}/times_positions", [key.Name, ByHead(table, oneQuery: true, 1, 0, 2)]);              // [batch, heads, sequence, size]
            var sums = Node("ReduceSum", $"{products}/sums", [products, Integers(-1)], OnnxAttribute.Integer("keepdims", 0));
            return Node("Unsqueeze", $"{products}/scores", [sums, Integers(2)]);                                                       // [batch, heads, 1, sequence]
        }

        string OfAllQueries(OnnxValue table)
        {
            var positions = ByHead(table, oneQuery: false, 1, 2, 0);
            var reversed = Node("Slice", $"{positions}/reversed", [positions, Integers(-1), Integers(long.MinValue), Integers(2), Integers(-1)]);
            var byDistance = Node("MatMul", $"{key.Name}/by_distance", [key.Name, reversed]);
            return Node("Transpose", $"{byDistance}/transposed", [ByOtherToken(byDistance, length, Integers(long.MaxValue))], OnnxAttribute.Integers("perm", 0, 1, 3, 2));
        }

        string ByHead(OnnxValue table, bool oneQuery, params long[] axes)
        {
            // One query sees the distances from 0 downwards. Scaling the few positions costs less than scaling all scores.
            var rows = oneQuery ? Node("Slice", $"{table.Name}/of_first_token", [table.Name, firstOfOneQuery, endOfOneQuery, Integers(0)]) : table.Name;
            var scaled = Node("Mul", $"{table.Name}/scaled", [rows, Number(scale)]);
            var heads = Node("Reshape", $"{table.Name}/heads", [scaled, Integers(-1, query.HeadCount, query.Width)]);                  // [distances, heads, size]
            return Node("Transpose", $"{heads}/transposed", [heads], OnnxAttribute.Integers("perm", axes));
        }
    }

    /// <summary>
    /// From columns for distances to columns for tokens. Where one token's columns begin, the next token's begin one column to the left; read as one long row, that is rows
    /// which are a column shorter (Dai et al., 2019).
    /// </summary>
    /// <param name="byDistance">[batch, heads, sequence, 2 × sequence]</param>
    /// <param name="first">The first token's first column.</param>
    /// <param name="end">Where the last of the shorter rows ends in the long row.</param>
    /// <returns>[batch, heads, sequence, sequence]</returns>
    private string ByOtherToken(string byDistance, string first, string end)
    {
        var shape = Shared("shape/shorter_rows", () => graph.Node("Concat", "shape/shorter_rows", [Integers(0, 0), Length(), Integers(-1)], OnnxAttribute.Integer("axis", 0)));
        var longRow = Node("Reshape", $"{byDistance}/long_row", [byDistance, Integers(0, 0, -1)]);
        var used = Node("Slice", $"{byDistance}/used", [longRow, first, end, Integers(2)]);
        var shorterRows = Node("Reshape", $"{byDistance}/shorter_rows", [used, shape]);                                               // [batch, heads, sequence, 2 × sequence - 1]
        return Node("Slice", $"{byDistance}/by_token", [shorterRows, Integers(0), Length(), Integers(3)]);
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

    /// <summary>As many rows of a table as there are tokens.</summary>
    /// <param name="name">A name for them.</param>
    /// <param name="table">The table.</param>
    /// <param name="first">The first token's row.</param>
    protected string FirstRows(string name, string table, int first)
    {
        var length = Length();
        var end = first == 0 ? length : Shared($"shape/length+{first}", () => graph.Node("Add", $"shape/length+{first}", [length, Integers(first)]));
        return Node("Slice", name, [table, Integers(first), end, Integers(0)]);
    }

    /// <summary>0 for tokens, the most negative float for padding: after Softmax a padded column weighs exactly 0. [batch, 1, 1, sequence]</summary>
    private string AdditiveMask() => Shared("mask", () =>
    {
        var mask = graph.Node("Cast", "mask/float", [attentionMask], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float));
        var padding = graph.Node("Sub", "mask/padding", [Number(1), mask]);
        var additive = graph.Node("Mul", "mask/additive", [padding, Number(float.MinValue)]);
        return graph.Node("Unsqueeze", "mask/per_head_and_query", [additive, Integers(1, 2)]);
    });

    /// <summary>The same, and the most negative float for tokens that are too far away as well. [batch, 1, queries, sequence]</summary>
    private string AdditiveMask(int reach, bool oneQuery)
    {
        var name = $"mask/{reach}{(oneQuery ? "/of_first_token" : "")}";
        return Shared(name, () =>
        {
            var distances = oneQuery ? TokenNumbers() : Distances();
            var near = graph.Node("LessOrEqual", $"{name}/near", [distances, Shared($"integer/{reach}", () => graph.ScalarInteger($"integer/{reach}", reach))]);
            var real = Shared("mask/real", () => graph.Node("Unsqueeze", "mask/real", [graph.Node("Cast", "mask/boolean", [attentionMask], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Bool)), Integers(1, 2)]));
            return graph.Node("Where", name, [graph.Node("And", $"{name}/seen", [near, real]), Number(0), Number(float.MinValue)]);
        });
    }

    /// <summary>How far the tokens are from each other. [sequence, sequence]</summary>
    private string Distances() => Shared("tokens/distances", () =>
    {
        var differences = graph.Node("Sub", "tokens/differences", [graph.Node("Unsqueeze", "tokens/column", [TokenNumbers(), Integers(1)]), TokenNumbers()]);
        return graph.Node("Abs", "tokens/distances", [differences]);
    });

    /// <summary>0, 1, 2, … [sequence]</summary>
    private string TokenNumbers() => Shared("tokens/numbers", () =>
    {
        var length = graph.Node("Squeeze", "tokens/count", [Length()]);
        var zero = Shared("integer/0", () => graph.ScalarInteger("integer/0", 0));
        var one = Shared("integer/1", () => graph.ScalarInteger("integer/1", 1));
        return graph.Node("Range", "tokens/numbers", [zero, length, one]);
    });

    /// <summary>Cosines or sines of the angles of rotary position embeddings, for both halves of a head; with <paramref name="negateFirst"/>, −sine for the first half. [sequence, size]</summary>
    private string RotationFactors(string function, double theta, int size, bool negateFirst)
    {
        var name = FormattableString.Invariant($"rotation/{theta}/{size}");
        return Shared($"{name}/{function}", () =>
        {
            var angles = Shared($"{name}/angles", () =>
            {
                var positions = Shared("tokens/positions", () => graph.Node("Unsqueeze", "tokens/positions", [graph.Node("Cast", "tokens/float", [TokenNumbers()], OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float)), Integers(1)]));
                return graph.Node("Mul", $"{name}/angles", [positions, graph.Weight($"{name}/frequencies", [size / 2], RotaryFrequencies.Of(theta, size))]);
            });
            var half = graph.Node(function, $"{name}/{function}/half", [angles]);
            var firstHalf = negateFirst ? graph.Node("Neg", $"{name}/{function}/negative", [half]) : half;
            return graph.Node("Concat", $"{name}/{function}", [firstHalf, half], LastAxis);
        });
    }

    /// <summary>The number of tokens of each row. [1]</summary>
    private string Length() => Shared("shape/length", () => graph.Node("Shape", "shape/length", [InputIds.Name], OnnxAttribute.Integer("start", 1)));

    /// <summary>The shape [batch, sequence, …].</summary>
    private string TokenShape(params long[] rest)
    {
        var name = $"shape/batch,sequence,{string.Join(',', rest)}";
        return Shared(name, () => graph.Node("Concat", name, [Shared("shape/input", () => graph.Node("Shape", "shape/input", [InputIds.Name])), Integers(rest)], OnnxAttribute.Integer("axis", 0)));
    }

    /// <summary>A weight as it was trained.</summary>
    protected string Weight(string name) => Shared(name, () => graph.Weight(name, [.. Shape(name)], Values(name)));

    /// <summary>A scalar.</summary>
    protected string Number(double value)
    {
        var name = FormattableString.Invariant($"number/{(float)value}");
        return Shared(name, () => graph.Scalar(name, (float)value));
    }

    private string ScalarInteger(long value)
    {
        var name = $"integer/{value}";
        return Shared(name, () => graph.ScalarInteger(name, value));
    }

    /// <summary>A vector of integers.</summary>
    protected string Integers(params long[] values)
    {
        var name = $"integers/{string.Join(',', values)}";
        return Shared(name, () => graph.Integers(name, values));
    }

    /// <summary>A part of the graph that is written once, however often it is used.</summary>
    protected string Shared(string name, Func<string> write)
    {
        if (!shared.TryGetValue(name, out var value))
        {
            shared.Add(name, value = write());
        }

        return value;
    }

    /// <summary>A node; a name that occurs again gets a number.</summary>
    protected string Node(string operatorType, string name, string[] inputs, params AttributeProto[] attributes)
    {
        var count = nodesOfName[name] = nodesOfName.GetValueOrDefault(name) + 1;
        return graph.Node(operatorType, count == 1 ? $"{operatorType}/{name}" : $"{operatorType}/{name}#{count}", inputs, attributes);
    }

    /// <summary>A weight's shape.</summary>
    protected IReadOnlyList<long> Shape(string name) => weights[name].Info.Shape;

    /// <summary>A weight's values, in row-major order.</summary>
    protected ReadOnlySpan<float> Values(string name) => weights[name].Values.Span;

    private sealed class NoScope : IDisposable
    {
        public static NoScope Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
