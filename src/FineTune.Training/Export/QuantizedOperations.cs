using FineTune.Training.Checkpoints;
using FineTune.Training.Onnx;

namespace FineTune.Training.Export;

/// <summary>
/// Writes a model as an ONNX graph whose encoder has 8-bit weights. A linear layer rounds its input while it runs (<c>DynamicQuantizeLinear</c>), multiplies integers and scales the sums; ONNX Runtime makes one kernel of
/// the five nodes. The rows of embedding tables become floats when they are looked up. Everything else is as in <see cref="OnnxOperations"/>.
/// </summary>
/// <param name="graph">Receives the nodes.</param>
/// <param name="weights">The weights by their Hugging Face names.</param>
/// <param name="inputIds">The input with the token ids. [batch, sequence]</param>
/// <param name="attentionMask">The input that is 1 for tokens and 0 for padding. [batch, sequence]</param>
/// <param name="segmentIds">The input with the number of each token's text; <see langword="null"/> without.</param>
/// <param name="encoderPrefix">What the names of the encoder's weights begin with. The head stays in 32-bit floats: it is small, and its rounding would go into the answer as it is.</param>
internal sealed class QuantizedOperations(
    OnnxGraphBuilder graph,
    IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights,
    string inputIds,
    string attentionMask,
    string? segmentIds,
    string encoderPrefix) : OnnxOperations(graph, weights, inputIds, attentionMask, segmentIds)
{
    // A processor without VNNI adds two products of an input (up to 255) and a weight in 16 bits, and cuts off what is more: 2 · 255 · 64 still fits, 2 · 255 · 127 does not.
    private const int LargestInteger = 64;

    // Tables of segments are not worth it.
    private const int SmallestTable = 16;

    private static readonly AttributeProto ToFloat = OnnxAttribute.Integer("to", (long)TensorProto.Types.DataType.Float);

    private readonly Dictionary<string, QuantizedTable> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QuantizedInput> inputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> lookedUp = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override OnnxValue Lookup(string table, OnnxValue ids) => IsQuantized(table)
        ? Floats(table, Node("Gather", $"{table}/integers", [Rows(table), ids.Name]), Node("Gather", $"{table}/scales", [Scales(table), ids.Name]))
        : base.Lookup(table, ids);

    /// <inheritdoc/>
    public override OnnxValue Positions(string table, int first) => IsQuantized(table)
        ? Floats(table, FirstRows($"{table}/integers", Rows(table), first), FirstRows($"{table}/scales", Scales(table), first))
        : base.Positions(table, first);

    /// <inheritdoc/>
    public override OnnxValue Linear(string weight, string? bias, OnnxValue input)
    {
        if (!IsQuantized(weight))
        {
            return base.Linear(weight, bias, input);
        }

        var (integers, scale, zeroPoint) = Quantize(input.Name);
        var sums = Node("MatMulInteger", weight, [integers, Columns(weight), zeroPoint]);
        var scales = Node("Mul", $"{weight}/scales", [scale, Scales(weight)]);
        var product = Node("Mul", $"{weight}/product", [Node("Cast", $"{weight}/sums", [sums], ToFloat), scales]);
        return input with { Name = bias is null ? product : Node("Add", $"{weight}/plus_bias", [product, Weight(bias)]), Width = Shape(weight)[0] };
    }

    private bool IsQuantized(string weight) => weight.StartsWith(encoderPrefix, StringComparison.Ordinal) && Shape(weight)[0] >= SmallestTable;

    /// <summary>A value in integers; several layers that read it share them.</summary>
    private QuantizedInput Quantize(string value)
    {
        if (!inputs.TryGetValue(value, out var input))
        {
            inputs.Add(value, input = new($"{value}/integers", $"{value}/scale", $"{value}/zero_point"));
            Graph.Node("DynamicQuantizeLinear", $"{value}/quantize", [value], [input.Integers, input.Scale, input.ZeroPoint]);
        }

        return input;
    }

    /// <summary>The integers of rows that were looked up, multiplied by the scale of each.</summary>
    private OnnxValue Floats(string table, string integers, string scales)
    {
        var column = Node("Unsqueeze", $"{scales}/column", [scales, Integers(-1)]);
        return new(Node("Mul", table, [Node("Cast", $"{table}/floats", [integers], ToFloat), column]), Shape(table)[1]);
    }

    /// <summary>A weight's integers as it stores them. [outputs, inputs]</summary>
    private string Rows(string weight)
    {
        lookedUp.Add(weight);
        return Shared($"{weight}_quantized", () => Graph.Weight($"{weight}_quantized", [.. Shape(weight)], Quantized(weight).Values));
    }

    /// <summary>A weight's integers as <c>MatMulInteger</c> reads them. The file holds a table that is looked up too only once; the runtime exchanges its axes when it opens the file. [inputs, outputs]</summary>
    private string Columns(string weight) => Shared($"{weight}_quantized/transposed", () => lookedUp.Contains(weight)
        ? Graph.Node("Transpose", $"{weight}_quantized/transposed", [Rows(weight)])
        : Graph.Weight($"{weight}_quantized", [Shape(weight)[1], Shape(weight)[0]], Quantized(weight).Transposed()));

    /// <summary>What to multiply the integers of each output, or of each row, with. [outputs]</summary>
    private string Scales(string weight) => Shared($"{weight}_scale", () => Graph.Weight($"{weight}_scale", [Shape(weight)[0]], Quantized(weight).Scales));

    private QuantizedTable Quantized(string weight)
    {
        if (!tables.TryGetValue(weight, out var table))
        {
            tables.Add(weight, table = QuantizedTable.Of(Values(weight), (int)Shape(weight)[0], LargestInteger));
        }

        return table;
    }

    private sealed record QuantizedInput(string Integers, string Scale, string ZeroPoint);
}
