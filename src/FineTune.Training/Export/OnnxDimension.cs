namespace FineTune.Training.Export;

/// <summary>One axis of a graph input or output: a fixed length, or a name for a length that each call chooses.</summary>
internal readonly record struct OnnxDimension
{
    private OnnxDimension(long? length, string? name)
    {
        Length = length;
        Name = name;
    }

    /// <summary>The fixed length; <see langword="null"/> for a dynamic axis.</summary>
    public long? Length { get; }

    /// <summary>The name of a dynamic axis; axes of the same name have the same length in one call.</summary>
    public string? Name { get; }

    /// <summary>A fixed length.</summary>
    public static implicit operator OnnxDimension(long length) => new(length, null);

    /// <summary>A dynamic axis.</summary>
    public static implicit operator OnnxDimension(string name) => new(null, name);
}
