using System.Diagnostics.CodeAnalysis;

namespace FineTune.Core.Specification;

/// <summary>The number format of the matrix products while training; weights and optimizer state are 32-bit floats in any case.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The formats are called so in every framework and in the contract of the option.")]
public enum Precision
{
    /// <summary>BFloat16 where it was measured to be faster, which depends on the kind of processor and the size of the model only; else 32-bit floats.</summary>
    Auto,

    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>Products in bfloat16, everything else in 32-bit floats.</summary>
    BFloat16,
}
