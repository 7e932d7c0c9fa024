namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>WordPiece on the pieces of a pipeline.</summary>
internal sealed class WordPieceSubwords : SubwordModel
{
    private readonly WordPieceModel _model;
    private readonly int _unknownId;
    private readonly int _longestWord;

    /// <summary>Creates the model; words of more than <paramref name="longestWord"/> characters are unknown.</summary>
    internal WordPieceSubwords(IReadOnlyDictionary<string, int> ids, string continuationPrefix, int unknownId, int longestWord)
    {
        Vocabulary = ids;
        _model = new WordPieceModel(ids.Select(entry => (entry.Key, entry.Value)), continuationPrefix, unknownId);
        _unknownId = unknownId;
        _longestWord = longestWord;
    }

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    private protected override SubwordToken[] TokenizeAnew(AlignedText piece)
    {
        if (piece.Count > _longestWord)
        {
            return [new SubwordToken(_unknownId, 0, piece.Count)];
        }

        var (units, positions) = piece.ToUnits();
        List<TextToken> tokens = [];
        _model.Tokenize(units, positions, Array.ConvertAll(positions, position => position + 1), tokens);
        return [.. tokens.Select(token => new SubwordToken(token.Id, token.Start, token.End))];
    }
}
