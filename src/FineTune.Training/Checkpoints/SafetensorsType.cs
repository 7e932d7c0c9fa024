namespace FineTune.Training.Checkpoints;

/// <summary>How the safetensors format names each <see cref="WeightType"/>, and how many bytes an element takes.</summary>
internal static class SafetensorsType
{
    private static readonly (WeightType Type, string Name, int Bytes)[] Types =
    [
        (WeightType.Float32, "F32", 4),
        (WeightType.Float16, "F16", 2),
        (WeightType.BFloat16, "BF16", 2),
        (WeightType.Float64, "F64", 8),
        (WeightType.Float8E4M3, "F8_E4M3", 1),
        (WeightType.Float8E5M2, "F8_E5M2", 1),
        (WeightType.Int64, "I64", 8),
        (WeightType.Int32, "I32", 4),
        (WeightType.Int16, "I16", 2),
        (WeightType.Int8, "I8", 1),
        (WeightType.UInt64, "U64", 8),
        (WeightType.UInt32, "U32", 4),
        (WeightType.UInt16, "U16", 2),
        (WeightType.UInt8, "U8", 1),
        (WeightType.Boolean, "BOOL", 1),
    ];

    /// <summary>The type of a name in a header; <see langword="null"/> when the name is unknown.</summary>
    public static WeightType? Find(string name)
    {
        foreach (var type in Types)
        {
            if (type.Name == name)
            {
                return type.Type;
            }
        }

        return null;
    }

    /// <summary>The name that the format uses.</summary>
    public static string NameOf(WeightType type) => Types[(int)type].Name;

    /// <summary>The size of one element.</summary>
    public static int BytesOf(WeightType type) => Types[(int)type].Bytes;
}
