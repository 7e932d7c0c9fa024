namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>What becomes of the delimiters that a text is split at; names as in the reference.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbours are a piece together.</summary>
    Contiguous,
}
