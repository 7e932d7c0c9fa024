using FineTune.Training.Onnx;
using Google.Protobuf;

namespace FineTune.Training.Export;

/// <summary>Makes the attributes of ONNX nodes.</summary>
internal static class OnnxAttribute
{
    /// <summary>An integer, such as <c>axis</c>.</summary>
    public static AttributeProto Integer(string name, long value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>A number, such as <c>epsilon</c>.</summary>
    public static AttributeProto Float(string name, double value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    /// <summary>A text, such as <c>approximate</c>.</summary>
    public static AttributeProto Text(string name, string value)
        => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>Several integers, such as <c>perm</c>.</summary>
    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
        {
            attribute.Ints.Add(value);
        }

        return attribute;
    }
}
