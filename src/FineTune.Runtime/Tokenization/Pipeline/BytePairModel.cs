using System.Collections.Concurrent;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow and Birch 2016): the pair that was learned first is merged first. May be used by several threads at once.
/// </summary>
internal sealed class BytePairModel
{
    private const int CacheLimit = 10_000;
    private const int LongestCached = 256;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly ConcurrentDictionary<string, SubwordToken[]> _cache = new(StringComparer.Ordinal);
    private int _cached;

    /// <summary>Creates the model.</summary>
    /// <param name="ids">The vocabulary.</param>
    /// <param name="merges">For two ids: the rank of their merge and the id that it gives.</param>
    /// <param name="unknownToken">The token for characters that the vocabulary lacks; where it lacks this one too, they are dropped.</param>
    internal BytePairModel(Dictionary<string, int> ids, Dictionary<(int Left, int Right), (int Rank, int Id)> merges, string unknownToken)
    {
        (_ids, _merges) = (ids, merges);
        UnknownId = Find(unknownToken) ?? -1;
        VocabularySize = ids.Values.DefaultIfEmpty(-1).Max() + 1;
    }

    /// <summary>The id of what the vocabulary does not have; -1 where there is none.</summary>
    internal int UnknownId { get; }

    /// <summary>The number that is one more than the highest id.</summary>
    internal int VocabularySize { get; }

    /// <summary>The id of a token; <see langword="null"/> where there is none.</summary>
    internal int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The tokens of a piece, with their ranges of its characters.</summary>
    internal IReadOnlyList<SubwordToken> Tokenize(AlignedText piece)
    {
        var text = piece.ToString();
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
        for (var i = 0; i < piece.Count; i++)
        {
            var id = Find(piece.ToString(i, i + 1)) ?? UnknownId;
            if (id >= 0)
            {
                symbols.Add(new SubwordToken(id, i, i + 1));
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
