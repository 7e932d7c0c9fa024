namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Finds added tokens in a text: from left to right, of those that begin at one place the longest. Immutable.</summary>
internal sealed class AddedTokens
{
    private readonly TokenTrie _trie;
    private readonly HashSet<char> _firstUnits;
    private readonly Dictionary<int, AddedToken> _tokens;

    /// <summary>Creates the search.</summary>
    /// <param name="tokens">The tokens, with the text by which each is found.</param>
    internal AddedTokens(IReadOnlyList<(string Text, AddedToken Token)> tokens)
    {
        _trie = new TokenTrie([.. tokens.Select(token => (token.Text, token.Token.Id))]);
        _firstUnits = [.. tokens.Where(token => token.Text.Length > 0).Select(token => token.Text[0])];
        _tokens = [];
        foreach (var (_, token) in tokens)
        {
            _tokens[token.Id] = token;
        }
    }

    /// <summary>The parts of a text; those that are no added token have no token. None is empty.</summary>
    internal IEnumerable<(AlignedText Text, AddedToken? Token)> Split(AlignedText text)
    {
        if (_firstUnits.Count == 0)
        {
            return text.Count == 0 ? [] : [(text, null)];
        }

        return SplitAtMatches(text);
    }

    private IEnumerable<(AlignedText Text, AddedToken? Token)> SplitAtMatches(AlignedText text)
    {
        var (units, positions) = text.ToUnits();
        var done = 0;
        for (var unit = 0; unit < units.Length;)
        {
            if (!_firstUnits.Contains(units[unit]) || !TryMatch(units, unit, out var token, out var length))
            {
                unit++;
                continue;
            }

            var (start, end) = (positions[unit], positions[unit + length - 1] + 1);
            unit += length;
            if (token.IsSingleWord && ((start > 0 && UnicodeText.IsWord(text[start - 1].CodePoint)) || (end < text.Count && UnicodeText.IsWord(text[end].CodePoint))))
            {
                continue;
            }

            while (token.TakesSpaceBefore && start > done && UnicodeText.IsWhiteSpace(text[start - 1].CodePoint))
            {
                start--;
            }

            while (token.TakesSpaceAfter && end < text.Count && UnicodeText.IsWhiteSpace(text[end].CodePoint))
            {
                end++;
            }

            if (start > done)
            {
                yield return (text.Slice(done, start), null);
            }

            yield return (text.Slice(start, end), token);
            done = end;
        }

        if (done < text.Count)
        {
            yield return (text.Slice(done, text.Count), null);
        }
    }

    private bool TryMatch(char[] units, int start, out AddedToken token, out int length)
    {
        (token, length) = (null!, 0);
        var node = TokenTrie.Root;
        for (var end = start; end < units.Length && (node = _trie.Step(node, units[end])) != TokenTrie.None; end++)
        {
            if (_trie.IdAt(node) is var id and not TokenTrie.None)
            {
                (token, length) = (_tokens[id], end + 1 - start);
            }
        }

        return length > 0;
    }
}
