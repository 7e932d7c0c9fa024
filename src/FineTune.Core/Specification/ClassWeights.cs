namespace FineTune.Core.Specification;

/// <summary>How much each class counts in the loss.</summary>
public enum ClassWeights
{
    /// <summary>Each row counts the same.</summary>
    None,

    /// <summary>Each class counts the same: rows are weighted by rows / (classes × rows of the class).</summary>
    Balanced,
}
