using System.Runtime.InteropServices;
using FineTune.Core.Diagnostics;
using FineTune.Training.Onnx;
using Google.Protobuf;

namespace FineTune.Training.Export;

/// <summary>
/// Builds an ONNX model node by node, in the order in which it runs. Every method that makes a value returns its name,
/// so an architecture reads like its formulas. Knows nothing of any architecture. The same calls give the same bytes.
/// </summary>
/// <param name="graphName">Name of the graph.</param>
/// <param name="operatorSetVersion">Version of the standard operator set that the nodes use.</param>
/// <param name="intermediateRepresentation">The file format's version; must belong to a release that knows the operator set.</param>
internal sealed class OnnxGraphBuilder(string graphName, int operatorSetVersion, int intermediateRepresentation)
{
    /// <summary>Protobuf messages end at 2 GiB; the rest of the graph needs far less than this reserve.</summary>
    private const long LargestWeightBytes = int.MaxValue - (16L << 20);

    private readonly GraphProto graph = new() { Name = graphName };
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private long weightBytes;

    /// <summary>Declares a graph input of 64-bit integers.</summary>
    public string IntegerInput(string name, params ReadOnlySpan<OnnxDimension> shape)
    {
        graph.Input.Add(Describe(Claim(name), TensorProto.Types.DataType.Int64, shape));
        return name;
    }

    /// <summary>Declares a value that a node has made as a graph output of 32-bit floats.</summary>
    public void FloatOutput(string value, params ReadOnlySpan<OnnxDimension> shape)
        => graph.Output.Add(Describe(value, TensorProto.Types.DataType.Float, shape));

    /// <summary>Adds a tensor of 32-bit floats that is stored in the file, in row-major order.</summary>
    /// <exception cref="FineTuneException">FT4053: the weights together exceed what one file can hold.</exception>
    public string Weight(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
        => StoreWeight(name, TensorProto.Types.DataType.Float, shape, values.Length, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a tensor of signed 8-bit integers that is stored in the file, in row-major order.</summary>
    /// <exception cref="FineTuneException">FT4053: the weights together exceed what one file can hold.</exception>
    public string Weight(string name, ReadOnlySpan<long> shape, ReadOnlySpan<sbyte> values)
        => StoreWeight(name, TensorProto.Types.DataType.Int8, shape, values.Length, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a scalar float that is stored in the file.</summary>
    public string Scalar(string name, float value) => Weight(name, [], [value]);

    /// <summary>Adds a vector of 64-bit integers that is stored in the file: shapes, axes, positions.</summary>
    public string Integers(string name, params ReadOnlySpan<long> values)
        => Store(name, TensorProto.Types.DataType.Int64, [values.Length], values.Length, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a scalar 64-bit integer that is stored in the file.</summary>
    public string ScalarInteger(string name, long value)
        => Store(name, TensorProto.Types.DataType.Int64, [], 1, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

    /// <summary>Adds a node of the standard operator set with one output.</summary>
    /// <param name="operatorType">The operator, such as <c>MatMul</c>.</param>
    /// <param name="name">Name of the node and of its output.</param>
    /// <param name="inputs">Names of the values it reads.</param>
    /// <param name="attributes">Its attributes; see <see cref="OnnxAttribute"/>.</param>
    /// <returns><paramref name="name"/>.</returns>
    public string Node(string operatorType, string name, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        Node(operatorType, name, inputs, [name], attributes);
        return name;
    }

    /// <summary>Adds a node of the standard operator set with several outputs.</summary>
    /// <param name="operatorType">The operator, such as <c>DynamicQuantizeLinear</c>.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="inputs">Names of the values it reads.</param>
    /// <param name="outputs">Names of the values it makes.</param>
    /// <param name="attributes">Its attributes; see <see cref="OnnxAttribute"/>.</param>
    public void Node(string operatorType, string name, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = name, OpType = operatorType };
        foreach (var input in inputs)
        {
            node.Input.Add(names.Contains(input) ? input : throw new ArgumentException($"Node '{name}' reads '{input}', which nothing has made yet.", nameof(inputs)));
        }

        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        foreach (var output in outputs)
        {
            node.Output.Add(Claim(output));
        }

        graph.Node.Add(node);
    }

    /// <summary>Writes the model file.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="producerVersion">The version of this product, for the file's metadata.</param>
    public void Write(Stream output, string producerVersion)
    {
        var model = new ModelProto
        {
            IrVersion = intermediateRepresentation,
            ProducerName = "FineTune.Build",
            ProducerVersion = producerVersion,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = operatorSetVersion });
        model.WriteTo(output);
    }

    private string StoreWeight(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape, int count, ReadOnlySpan<byte> littleEndian)
    {
        weightBytes += littleEndian.Length;
        return weightBytes <= LargestWeightBytes
            ? Store(name, type, shape, count, littleEndian)
            : throw new FineTuneException("FT4053", $"The model's weights need more than {LargestWeightBytes >> 20} MB, which is what one ONNX file can hold. Choose a smaller base model.");
    }

    private string Store(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape, int count, ReadOnlySpan<byte> littleEndian)
    {
        var tensor = new TensorProto { Name = Claim(name), DataType = type, RawData = ByteString.CopyFrom(littleEndian) };
        long expected = 1;
        foreach (var length in shape)
        {
            tensor.Dims.Add(length);
            expected *= length;
        }

        if (expected != count)
        {
            throw new ArgumentException($"'{name}' has {count} values, but its shape [{string.Join(", ", shape.ToArray())}] asks for {expected}.", nameof(shape));
        }

        graph.Initializer.Add(tensor);
        return name;
    }

    // ONNX graphs are in static single assignment form: a name is made once.
    private string Claim(string name)
        => names.Add(name) ? name : throw new ArgumentException($"The graph already has a value named '{name}'.", nameof(name));

    private static ValueInfoProto Describe(string name, TensorProto.Types.DataType type, ReadOnlySpan<OnnxDimension> shape)
    {
        var description = new TensorShapeProto();
        foreach (var dimension in shape)
        {
            description.Dim.Add(dimension.Length is { } length
                ? new TensorShapeProto.Types.Dimension { DimValue = length }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension.Name });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = description } },
        };
    }
}
