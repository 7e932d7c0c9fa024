using System.Collections.Concurrent;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Turns the pieces of a text into tokens, and remembers those of pieces that it has seen. May be used by several threads at once.</summary>
internal abstract class SubwordModel
{
    private const int CacheLimit = 20_000;
    private const int LongestCached = 64;

    private readonly ConcurrentDictionary<string, SubwordToken[]> _cache = new(StringComparer.Ordinal);
    private int _cached;

    /// <summary>The tokens with their ids.</summary>
    internal abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>The id of a token; <see langword="null"/> where there is none.</summary>
    internal int? Find(string token) => Vocabulary.TryGetValue(token, out var id) ? id : null;

    /// <summary>The tokens of a piece, with their ranges of its characters.</summary>
    internal SubwordToken[] Tokenize(AlignedText piece)
    {
        if (piece.Count > LongestCached)
        {
            return TokenizeAnew(piece);
        }

        var text = piece.ToString();
        if (!_cache.TryGetValue(text, out var tokens))
        {
            tokens = TokenizeAnew(piece);
            if (Volatile.Read(ref _cached) < CacheLimit && _cache.TryAdd(text, tokens))
            {
                Interlocked.Increment(ref _cached);
            }
        }

        return tokens;
    }

    /// <summary>Finds the tokens of a piece.</summary>
    private protected abstract SubwordToken[] TokenizeAnew(AlignedText piece);
}
