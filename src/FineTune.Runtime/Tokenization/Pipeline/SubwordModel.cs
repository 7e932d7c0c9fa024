namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Turns the pieces of a text into tokens. May be used by several threads at once.</summary>
internal abstract class SubwordModel
{
    /// <summary>The id of what the vocabulary does not have; -1 where there is none.</summary>
    internal abstract int UnknownId { get; }

    /// <summary>The number that is one more than the highest id.</summary>
    internal abstract int VocabularySize { get; }

    /// <summary>The id of a token; <see langword="null"/> where there is none.</summary>
    internal abstract int? Find(string token);

    /// <summary>Gives the tokens of <paramref name="piece"/>.</summary>
    internal abstract IReadOnlyList<SubwordToken> Tokenize(AlignedText piece);
}
