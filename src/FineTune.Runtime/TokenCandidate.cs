namespace FineTune.Runtime;

/// <summary>A token that may stand in the place of a hidden one.</summary>
public sealed class TokenCandidate
{
    internal TokenCandidate(string token, int tokenId, double score)
    {
        Token = token;
        TokenId = tokenId;
        Score = score;
    }

    /// <summary>The token as the base model's vocabulary writes it: <c>##</c> before a token that goes on with a word, or <c>Ġ</c> or <c>▁</c> in the place of a space before it, after the kind of vocabulary.</summary>
    public string Token { get; }

    /// <summary>Its id in the vocabulary.</summary>
    public int TokenId { get; }

    /// <summary>Its probability, 0 to 1; all tokens of the vocabulary together have 1.</summary>
    public double Score { get; }

    /// <summary>The token and its probability, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Token} ({Score:0.000})");
}
