namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Each piece is a token of the vocabulary, or unknown.</summary>
internal sealed class WordLevelModel(IReadOnlyDictionary<string, int> ids, int unknownId) : SubwordModel
{
    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, int> Vocabulary => ids;

    /// <inheritdoc/>
    private protected override SubwordToken[] TokenizeAnew(AlignedText piece) => [new SubwordToken(Find(piece.ToString()) ?? unknownId, 0, piece.Count)];
}
