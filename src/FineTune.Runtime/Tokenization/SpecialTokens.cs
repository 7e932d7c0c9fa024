namespace FineTune.Runtime.Tokenization;

/// <summary>Finds special tokens that are written inside a text; the reference takes them as the tokens that they name.</summary>
internal sealed class SpecialTokens
{
    private readonly (string Text, int Id)[] _tokens;
    private readonly char[] _firstCharacters;

    /// <summary>Creates the search for those of <paramref name="tokens"/> that the vocabulary has.</summary>
    internal SpecialTokens(Vocabulary vocabulary, IEnumerable<string> tokens)
    {
        _tokens = [.. tokens.Distinct()
            .Where(token => token.Length > 0 && vocabulary.Find(token) is not null)
            .Select(token => (token, vocabulary.Find(token)!.Value))
            .OrderByDescending(token => token.token.Length)];
        _firstCharacters = [.. _tokens.Select(token => token.Text[0]).Distinct()];
    }

    /// <summary>Finds the first special token at or after <paramref name="start"/>; the longest where several begin at one place.</summary>
    internal bool FindNext(string text, int start, out int position, out int length, out int id)
    {
        for (position = text.IndexOfAny(_firstCharacters, start); position >= 0; position = text.IndexOfAny(_firstCharacters, position + 1))
        {
            foreach (var token in _tokens)
            {
                if (string.CompareOrdinal(text, position, token.Text, 0, token.Text.Length) == 0)
                {
                    (length, id) = (token.Text.Length, token.Id);
                    return true;
                }
            }
        }

        (length, id) = (0, 0);
        return false;
    }
}
