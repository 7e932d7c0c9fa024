using System.Collections.Concurrent;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Byte-pair encoding (Sennrich, Haddow and Birch 2016): the pair that was learned first is merged first.</summary>
internal sealed class BytePairModel : SubwordModel
{
    private const int CacheLimit = 10_000;
    private const int LongestCached = 256;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly BytePairOptions _options;
    private readonly ConcurrentDictionary<string, SubwordToken[]> _cache = new(StringComparer.Ordinal);
    private readonly int[]? _byteIds;
    private int _cached;

    /// <summary>Creates the model.</summary>
    /// <param name="ids">The vocabulary.</param>
    /// <param name="merges">For two ids: the rank of their merge and the id that it gives.</param>
    /// <param name="options">What happens to characters that are not in the vocabulary.</param>
    internal BytePairModel(Dictionary<string, int> ids, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, BytePairOptions options)
    {
        (_ids, _merges, _options) = (ids, merges, options);
        UnknownId = options.UnknownToken is { } unknown && ids.TryGetValue(unknown, out var id) ? id : -1;
        VocabularySize = ids.Values.DefaultIfEmpty(-1).Max() + 1;
        _byteIds = options.FallsBackToBytes ? ByteTokens.IdsIn(ids) : null;
    }

    /// <inheritdoc/>
    internal override int UnknownId { get; }

    /// <inheritdoc/>
    internal override int VocabularySize { get; }

    /// <inheritdoc/>
    internal override int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <inheritdoc/>
    internal override IReadOnlyList<SubwordToken> Tokenize(AlignedText piece)
    {
        var text = piece.ToString();
        if (_options.IgnoresMergesOfTokens && _ids.TryGetValue(text, out var whole))
        {
            return [new SubwordToken(whole, 0, piece.Count)];
        }

        if (_cache.TryGetValue(text, out var known))
        {
            return known;
        }

        SubwordToken[] tokens = [.. Merge(Symbols(piece))];
        if (text.Length <= LongestCached && Volatile.Read(ref _cached) < CacheLimit && _cache.TryAdd(text, tokens))
        {
            Interlocked.Increment(ref _cached);
        }

        return tokens;
    }

    private List<SubwordToken> Symbols(AlignedText piece)
    {
        var symbols = new List<SubwordToken>(piece.Count);
        var endsWithUnknown = false;
        for (var i = 0; i < piece.Count; i++)
        {
            var character = piece.ToString(i, i + 1);
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
            else if (UnknownId >= 0)
            {
                if (_options.FusesUnknown && endsWithUnknown)
                {
                    symbols[symbols.Count - 1] = symbols[symbols.Count - 1] with { End = i + 1 };
                }
                else
                {
                    symbols.Add(new SubwordToken(UnknownId, i, i + 1));
                }

                endsWithUnknown = true;
            }
        }

        return symbols;
    }

    // A list of neighbours and an ordered set of the merges that are possible: long pieces without whitespace exist, so no search over all pairs each time.
    private IEnumerable<SubwordToken> Merge(List<SubwordToken> symbols)
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

        return symbols.Where((_, i) => !isGone[i]);

        void Offer(int position)
        {
            if (position >= 0 && next[position] < symbols.Count && _merges.TryGetValue((symbols[position].Id, symbols[next[position]].Id), out var merge))
            {
                possible.Add((merge.Rank, position, next[position]));
            }
        }
    }
}
