using System.Diagnostics.CodeAnalysis;

namespace FineTune.Core.Specification;

/// <summary>The form of the weights in the file that ships.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The form is called so everywhere, and in the contract of the option.")]
public enum Quantization
{
    /// <summary>32-bit floats, as they were trained.</summary>
    None,

    /// <summary>The encoder's weights as 8-bit integers with a scale for each output; its products are computed with integers.</summary>
    Int8,
}
