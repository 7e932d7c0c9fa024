namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The steps from a text to its tokens, in their order.</summary>
internal sealed record TokenizationPipeline
{
    /// <summary>The tokens that are looked for in the text as it was written.</summary>
    internal required AddedTokens RawTokens { get; init; }

    /// <summary>Changes the characters of what is between those tokens.</summary>
    internal Normalizer Normalizer { get; init; } = text => text;

    /// <summary>The tokens that are looked for in normalized text.</summary>
    internal required AddedTokens NormalizedTokens { get; init; }

    /// <summary>Splits what is between all these tokens.</summary>
    internal PreTokenizer PreTokenizer { get; init; } = text => [text];

    /// <summary>Turns each piece into tokens.</summary>
    internal required SubwordModel Model { get; init; }

    /// <summary>The special tokens around texts.</summary>
    internal required SpecialTokenTemplate Template { get; init; }

    /// <summary>How blanks are left out of the tokens' ranges; <see langword="null"/> where they are not.</summary>
    internal BlankTrimming? Trimming { get; init; }

    /// <summary>The ids of the added tokens.</summary>
    internal IReadOnlyDictionary<string, int> AddedIds { get; init; } = new Dictionary<string, int>();

    /// <summary>The id of a token of the vocabulary or an added one; <see langword="null"/> where there is none.</summary>
    internal int? Find(string token) => AddedIds.TryGetValue(token, out var id) ? id : Model.Find(token);
}
