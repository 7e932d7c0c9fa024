namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>A function or class that a pickle names. Only the few that weights need exist here, and as nothing but names: none of Python's code is run.</summary>
/// <param name="Module">The Python module.</param>
/// <param name="Name">The name in the module.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>The class of dictionaries that a <c>state_dict</c> is.</summary>
    public static readonly PickleGlobal OrderedDictionary = new("collections", "OrderedDict");

    /// <summary>Makes a tensor of a storage.</summary>
    public static readonly PickleGlobal RebuildTensor = new("torch._utils", "_rebuild_tensor_v2");

    /// <summary>Makes a parameter of a tensor.</summary>
    public static readonly PickleGlobal RebuildParameter = new("torch._utils", "_rebuild_parameter");

    private static readonly Dictionary<string, WeightType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = WeightType.Float32,
        ["HalfStorage"] = WeightType.Float16,
        ["BFloat16Storage"] = WeightType.BFloat16,
        ["DoubleStorage"] = WeightType.Float64,
        ["LongStorage"] = WeightType.Int64,
        ["IntStorage"] = WeightType.Int32,
        ["ShortStorage"] = WeightType.Int16,
        ["CharStorage"] = WeightType.Int8,
        ["ByteStorage"] = WeightType.UInt8,
        ["BoolStorage"] = WeightType.Boolean,
    };

    /// <summary>Whether weights need it.</summary>
    public bool IsNeeded => StorageType is not null || this == OrderedDictionary || this == RebuildTensor || this == RebuildParameter;

    /// <summary>The type of a storage class's elements; <see langword="null"/> for everything else.</summary>
    public WeightType? StorageType => Module == "torch" && StorageTypes.TryGetValue(Name, out var type) ? type : null;

    /// <inheritdoc />
    public override string ToString() => $"{Module}.{Name}";
}
