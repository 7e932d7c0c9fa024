namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Byte-pair encoding (Sennrich, Haddow and Birch 2016): the pair that was learned first is merged first.</summary>
internal sealed class BytePairModel : SubwordModel
{
    /// <summary>Up to so many symbols, looking at all pairs for each merge is faster than keeping them in order.</summary>
    private const int FewSymbols = 48;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly BytePairOptions _options;
    private readonly int _unknownId;
    private readonly int[]? _byteIds;

    /// <summary>Creates the model.</summary>
    /// <param name="ids">The vocabulary.</param>
    /// <param name="merges">For two ids: the rank of their merge and the id that it gives.</param>
    /// <param name="options">What happens to characters that are not in the vocabulary.</param>
    internal BytePairModel(Dictionary<string, int> ids, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, BytePairOptions options)
    {
        (_ids, _merges, _options) = (ids, merges, options);
        _unknownId = options.UnknownToken is { } unknown && ids.TryGetValue(unknown, out var id) ? id : -1;
        _byteIds = options.FallsBackToBytes ? ByteTokens.IdsIn(ids) : null;
    }

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, int> Vocabulary => _ids;

    /// <inheritdoc/>
    private protected override SubwordToken[] TokenizeAnew(AlignedText piece)
    {
        if (_options.IgnoresMergesOfTokens && _ids.TryGetValue(piece.ToString(), out var whole))
        {
            return [new SubwordToken(whole, 0, piece.Count)];
        }

        var symbols = Symbols(piece);
        return symbols.Count <= FewSymbols ? MergeFew(symbols) : MergeMany(symbols);
    }

    private List<SubwordToken> Symbols(AlignedText piece)
    {
        var symbols = new List<SubwordToken>(piece.Count);
        var endsWithUnknown = false;
        for (var i = 0; i < piece.Count; i++)
        {
            var character = (i > 0 ? _options.ContinuationPrefix : "") + piece.ToString(i, i + 1) + (i == piece.Count - 1 ? _options.EndSuffix : "");
            if (_ids.TryGetValue(character, out var id))
            {
                symbols.Add(new SubwordToken(id, i, i + 1));
                endsWithUnknown = false;
            }
            else if (_byteIds is not null && ByteTokens.TryEncode(character, _byteIds, out var bytes))
            {
                symbols.AddRange(bytes.Select(value => new SubwordToken(value, i, i + 1)));
                endsWithUnknown = false;
            }
            else if (_unknownId >= 0)
            {
                if (_options.FusesUnknown && endsWithUnknown)
                {
                    symbols[symbols.Count - 1] = symbols[symbols.Count - 1] with { End = i + 1 };
                }
                else
                {
                    symbols.Add(new SubwordToken(_unknownId, i, i + 1));
                }

                endsWithUnknown = true;
            }
        }

        return symbols;
    }

    private SubwordToken[] MergeFew(List<SubwordToken> symbols)
    {
        while (symbols.Count > 1)
        {
            var (bestRank, best, bestId) = (int.MaxValue, -1, -1);
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if (_merges.TryGetValue((symbols[i].Id, symbols[i + 1].Id), out var merge) && merge.Rank < bestRank)
                {
                    (bestRank, best, bestId) = (merge.Rank, i, merge.Id);
                }
            }

            if (best < 0)
            {
                break;
            }

            symbols[best] = new SubwordToken(bestId, symbols[best].Start, symbols[best + 1].End);
            symbols.RemoveAt(best + 1);
        }

        return [.. symbols];
    }

    // A list of neighbours and an ordered set of the merges that are possible: long pieces without white space exist, so no search over all pairs each time.
    private SubwordToken[] MergeMany(List<SubwordToken> symbols)
    {
        var next = Enumerable.Range(1, symbols.Count).ToArray();
        var previous = Enumerable.Range(-1, symbols.Count).ToArray();
        var isGone = new bool[symbols.Count];
        var possible = new SortedSet<(int Rank, int Position, int Right)>();
        for (var i = 0; i < symbols.Count; i++)
        {
            Offer(i);
        }

        while (possible.Count > 0)
        {
            var best = possible.Min;
            possible.Remove(best);
            var (rank, position, right) = best;
            if (isGone[position] || isGone[right] || next[position] != right || !_merges.TryGetValue((symbols[position].Id, symbols[right].Id), out var merge) || merge.Rank != rank)
            {
                continue;
            }

            symbols[position] = new SubwordToken(merge.Id, symbols[position].Start, symbols[right].End);
            isGone[right] = true;
            next[position] = next[right];
            if (next[position] < symbols.Count)
            {
                previous[next[position]] = position;
            }

            Offer(previous[position]);
            Offer(position);
        }

        return [.. symbols.Where((_, i) => !isGone[i])];

        void Offer(int position)
        {
            if (position >= 0 && next[position] < symbols.Count && _merges.TryGetValue((symbols[position].Id, symbols[next[position]].Id), out var merge))
            {
                possible.Add((merge.Rank, position, next[position]));
            }
        }
    }
}
