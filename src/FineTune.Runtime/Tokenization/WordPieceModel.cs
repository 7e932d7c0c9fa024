namespace FineTune.Runtime.Tokenization;

/// <summary>WordPiece (Schuster and Nakajima 2012; Wu et al. 2016): the longest token that a word begins with, then the longest continuation, and so on.</summary>
internal sealed class WordPieceModel
{
    private readonly TokenTrie _trie;
    private readonly int _continuation;

    /// <summary>Creates the model for a vocabulary.</summary>
    internal WordPieceModel(IEnumerable<(string Token, int Id)> tokens, string continuationPrefix, int unknownId)
    {
        _trie = new TokenTrie(tokens);
        _continuation = _trie.NodeOf(continuationPrefix);
        UnknownId = unknownId;
    }

    /// <summary>The id of words that the vocabulary does not cover.</summary>
    internal int UnknownId { get; }

    /// <summary>Adds the tokens of a word; the range of the word's unit i is from <paramref name="starts"/>[i] to <paramref name="ends"/>[i].</summary>
    internal void Tokenize(ReadOnlySpan<char> word, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends, List<TextToken> tokens)
    {
        var before = tokens.Count;
        for (var start = 0; start < word.Length;)
        {
            var node = start == 0 ? TokenTrie.Root : _continuation;
            var (id, end) = (TokenTrie.None, start);
            for (var i = start; i < word.Length && (node = _trie.Step(node, word[i])) != TokenTrie.None; i++)
            {
                if (_trie.IdAt(node) is var found and not TokenTrie.None)
                {
                    (id, end) = (found, i + 1);
                }
            }

            if (id == TokenTrie.None)
            {
                tokens.RemoveRange(before, tokens.Count - before);
                tokens.Add(new TextToken(UnknownId, starts[0], ends[word.Length - 1]));
                return;
            }

            tokens.Add(new TextToken(id, starts[start], ends[end - 1]));
            start = end;
        }
    }
}
