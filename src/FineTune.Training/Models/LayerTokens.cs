namespace FineTune.Training.Models;

/// <summary>The tokens whose vectors are read of what a layer leaves. What the others alone would need is not computed: exact, and the last layer's cost is mostly that.</summary>
internal enum LayerTokens
{
    /// <summary>All of them, as the next layer does.</summary>
    All,

    /// <summary>The first of each row. Attention has one query per row.</summary>
    First,

    /// <summary>Those that the caller wants to know about. Attention is computed for all, what follows it for these.</summary>
    Wanted,
}
