namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>How byte-pair encoding treats pieces and characters of a special kind.</summary>
internal sealed record BytePairOptions
{
    /// <summary>The token for characters that the vocabulary lacks; without it they are dropped.</summary>
    internal string? UnknownToken { get; init; }

    /// <summary>Whether unknown neighbours are one token.</summary>
    internal bool FusesUnknown { get; init; }

    /// <summary>Whether a character that the vocabulary lacks becomes the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its UTF-8.</summary>
    internal bool FallsBackToBytes { get; init; }

    /// <summary>Whether a piece that is a token is taken whole, even where no merges lead to it.</summary>
    internal bool IgnoresMergesOfTokens { get; init; }

    /// <summary>What the vocabulary has before characters inside of a piece.</summary>
    internal string ContinuationPrefix { get; init; } = "";

    /// <summary>What the vocabulary has after the last character of a piece.</summary>
    internal string EndSuffix { get; init; } = "";
}
