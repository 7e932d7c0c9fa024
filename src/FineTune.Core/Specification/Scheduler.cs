namespace FineTune.Core.Specification;

/// <summary>How the learning rate goes after the warm-up.</summary>
public enum Scheduler
{
    /// <summary>Falls in a straight line to zero.</summary>
    Linear,

    /// <summary>Falls along half a cosine to zero.</summary>
    Cosine,

    /// <summary>Stays.</summary>
    Constant,
}
