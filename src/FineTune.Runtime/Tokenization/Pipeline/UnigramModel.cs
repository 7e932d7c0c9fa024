namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The unigram language model (Kudo 2018, "Subword Regularization"): the tokens whose sum of log probabilities is highest.</summary>
internal sealed class UnigramModel : SubwordModel
{
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly TokenTrie _trie;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknownId;
    private readonly int[]? _byteIds;
    private readonly bool _isSinglePrecision;

    /// <summary>Creates the model.</summary>
    /// <param name="pieces">The tokens in the order of their ids; those that text cannot become have no score.</param>
    /// <param name="unknownId">The id of what no token covers.</param>
    /// <param name="fallsBackToBytes">Whether what no token covers becomes the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of its UTF-8.</param>
    /// <param name="isSinglePrecision">Whether sums are rounded as SentencePiece's are; those of the tokenizers library have double precision.</param>
    internal UnigramModel(IReadOnlyList<(string Token, double? Score)> pieces, int unknownId, bool fallsBackToBytes, bool isSinglePrecision)
    {
        _unknownId = unknownId;
        _isSinglePrecision = isSinglePrecision;
        _scores = [.. pieces.Select(piece => piece.Score ?? 0)];
        _trie = new TokenTrie([.. pieces.Select((piece, id) => (piece.Score is null ? "" : piece.Token, id))]);
        _unknownScore = Rounded(pieces.Min(piece => piece.Score ?? double.MaxValue) - UnknownPenalty);
        for (var id = 0; id < pieces.Count; id++)
        {
            _ids[pieces[id].Token] = id;
        }

        _byteIds = fallsBackToBytes ? ByteTokens.IdsIn(_ids) : null;
    }

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, int> Vocabulary => _ids;

    /// <inheritdoc/>
    private protected override SubwordToken[] TokenizeAnew(AlignedText piece)
    {
        var (units, positions) = piece.ToUnits();
        var path = FindBest(units);
        List<SubwordToken> tokens = [];
        for (var end = units.Length; end > 0; end = path[end].Start)
        {
            var (_, start, id) = path[end];
            var (first, last) = (positions[start], positions[end - 1] + 1);
            if (id == _unknownId && tokens.Count > 0 && tokens[tokens.Count - 1].Id == _unknownId)
            {
                tokens[tokens.Count - 1] = tokens[tokens.Count - 1] with { Start = first };
            }
            else
            {
                tokens.Add(new SubwordToken(id, first, last));
            }
        }

        tokens.Reverse();
        return _byteIds is null ? [.. tokens] : [.. tokens.SelectMany(token => ToBytes(token, piece, _byteIds))];
    }

    private IEnumerable<SubwordToken> ToBytes(SubwordToken token, AlignedText piece, int[] byteIds)
        => token.Id == _unknownId && ByteTokens.TryEncode(piece.ToString(token.Start, token.End), byteIds, out var ids) ? ids.Select(id => token with { Id = id }) : [token];

    // The best way to each end, as Viterbi finds it: its score, where its last token begins, and that token.
    private (double Score, int Start, int Id)[] FindBest(char[] units)
    {
        var best = new (double Score, int Start, int Id)[units.Length + 1];
        for (var end = 1; end < best.Length; end++)
        {
            best[end].Start = -1;
        }

        for (int start = 0, width; start < units.Length; start += width)
        {
            width = char.IsHighSurrogate(units[start]) ? 2 : 1;
            var coversOne = false;
            var node = TokenTrie.Root;
            for (var end = start + 1; end <= units.Length && (node = _trie.Step(node, units[end - 1])) != TokenTrie.None; end++)
            {
                if (_trie.IdAt(node) is var id and not TokenTrie.None)
                {
                    Offer(start, end, _scores[id], id);
                    coversOne |= end == start + width;
                }
            }

            if (!coversOne)
            {
                Offer(start, start + width, _unknownScore, _unknownId);
            }
        }

        return best;

        void Offer(int start, int end, double score, int id)
        {
            var sum = Rounded(best[start].Score + score);
            if (best[end].Start < 0 || sum > best[end].Score)
            {
                best[end] = (sum, start, id);
            }
        }
    }

    private double Rounded(double score) => _isSinglePrecision ? (float)score : score;
}
