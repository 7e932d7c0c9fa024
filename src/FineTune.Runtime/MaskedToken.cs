namespace FineTune.Runtime;

/// <summary>A hidden token of a text, and what may stand there.</summary>
public sealed class MaskedToken
{
    internal MaskedToken(int start, int length, IReadOnlyList<TokenCandidate> candidates)
    {
        Start = start;
        Length = length;
        Candidates = candidates;
    }

    /// <summary>Where the text has <see cref="MaskedLanguageModel.MaskToken"/>, in UTF-16 code units.</summary>
    public int Start { get; }

    /// <summary>The length of what stands there, in UTF-16 code units.</summary>
    public int Length { get; }

    /// <summary>The likeliest tokens, the best one first.</summary>
    public IReadOnlyList<TokenCandidate> Candidates { get; }

    /// <summary>The likeliest token, for people.</summary>
    public override string ToString() => Candidates[0].ToString();
}
