namespace FineTune.Core.Specification;

/// <summary>Whether the values inside of layers are computed again in the backward pass, in place of being kept.</summary>
public enum GradientCheckpointing
{
    /// <summary>They are computed again where the largest step would not fit into the processor's memory otherwise.</summary>
    Auto,

    /// <summary>They are kept.</summary>
    Off,

    /// <summary>They are computed again.</summary>
    On,
}
