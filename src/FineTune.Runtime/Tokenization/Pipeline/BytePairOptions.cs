namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>How byte-pair encoding treats pieces and characters of a special kind.</summary>
/// <param name="UnknownToken">The token for characters that the vocabulary lacks; without it they are dropped.</param>
/// <param name="FusesUnknown">Whether unknown neighbours are one token.</param>
/// <param name="FallsBackToBytes">Whether such a character becomes the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its UTF-8.</param>
/// <param name="IgnoresMergesOfTokens">Whether a piece that is a token is taken whole, even where no merges lead to it.</param>
internal sealed record BytePairOptions(string? UnknownToken, bool FusesUnknown, bool FallsBackToBytes, bool IgnoresMergesOfTokens);
