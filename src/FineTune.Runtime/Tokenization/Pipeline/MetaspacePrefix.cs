namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Where a mark is put before text that does not begin with one; names as in the reference.</summary>
internal enum MetaspacePrefix
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>At the start of the input.</summary>
    First,

    /// <summary>At the start of the input, and after each added token.</summary>
    Always,
}
