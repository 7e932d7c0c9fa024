using System.Text.RegularExpressions;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>What a tokenizer file looks for: a text, or a regular expression in Oniguruma's syntax. May be used by several threads at once.</summary>
internal sealed class Pattern
{
    private const string WordClass = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u00B2\u00B3\u00B9\u00BC-\u00BE\u24B6-\u24E9";

    // What .NET reads differently than Oniguruma; what it does not know at all it says itself.
    private static readonly string[] OtherSyntax = ["[:", "&&", "\\W", "\\h", "\\H", "\\R", "\\X", "\\K", "\\y", "\\Y", "\\g", "\\x{", "\\p{^", "(?~"];
    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(10);

    private readonly string _source;
    private readonly string _file;
    private readonly int[]? _literal;
    private readonly Regex? _expression;

    private Pattern(string source, string file, bool isExpression)
    {
        (_source, _file) = (source, file);
        if (!isExpression)
        {
            _literal = AlignedText.CodePointsOf(source);
            return;
        }

        if (OtherSyntax.FirstOrDefault(syntax => source.Contains(syntax)) is { } found)
        {
            throw Unsupported($"uses '{found}', which .NET has not or reads differently");
        }

        if (source.Any(char.IsSurrogate))
        {
            throw Unsupported("names a character outside of Unicode's basic plane, which .NET reads as two");
        }

        try
        {
            _expression = new Regex(WithWordClass(source), RegexOptions.CultureInvariant | RegexOptions.Multiline, LongestSearch);
        }
        catch (ArgumentException exception)
        {
            throw Unsupported($"is not one for .NET: {exception.Message}");
        }
    }

    /// <summary>A text that is looked for as it is.</summary>
    internal static Pattern Literal(string text) => new(text, "", isExpression: false);

    /// <summary>A regular expression.</summary>
    /// <exception cref="FineTuneException">FT2056: the expression uses what .NET does not have.</exception>
    internal static Pattern Expression(string expression, string file) => new(expression, file, isExpression: true);

    /// <summary>The ranges that match, from left to right.</summary>
    /// <exception cref="FineTuneException">FT2057: the search takes too long.</exception>
    internal List<(int Start, int End)> Find(AlignedText text)
    {
        List<(int, int)> matches = [];
        if (_literal is not null)
        {
            FindLiteral(text, _literal, matches);
            return matches;
        }

        try
        {
            for (var match = _expression!.Match(UnicodeText.OneUnitEach(text)); match.Success; match = match.NextMatch())
            {
                matches.Add((match.Index, match.Index + match.Length));
            }
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new FineTuneException(
                "FT2057",
                $"The tokenizer's regular expression '{_source}' took longer than {LongestSearch.TotalSeconds:0} seconds on a text of {text.Count} characters. Give shorter texts.",
                new SourceLocation(_file),
                exception);
        }

        return matches;
    }

    private static void FindLiteral(AlignedText text, int[] literal, List<(int Start, int End)> matches)
    {
        for (var i = 0; literal.Length > 0 && i + literal.Length <= text.Count;)
        {
            var length = 0;
            while (length < literal.Length && text[i + length].CodePoint == literal[length])
            {
                length++;
            }

            if (length == literal.Length)
            {
                matches.Add((i, i + length));
                i += length;
            }
            else
            {
                i++;
            }
        }
    }

    // .NET's \w has fewer marks and numbers than Oniguruma's, which takes these few of Latin-1 and circled letters too.
    private static string WithWordClass(string source)
    {
        var (result, isInClass) = (new System.Text.StringBuilder(), false);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && i + 1 < source.Length)
            {
                i++;
                result.Append(source[i] == 'w' ? (isInClass ? WordClass : $"[{WordClass}]") : source.Substring(i - 1, 2));
                continue;
            }

            isInClass = source[i] == '[' || (isInClass && source[i] != ']');
            result.Append(source[i]);
        }

        return result.ToString();
    }

    private FineTuneException Unsupported(string why) => new(
        "FT2056",
        $"The tokenizer's regular expression '{_source}' {why}. Choose a base model whose tokenizer does without, or ask for support of this expression.",
        new SourceLocation(_file));
}
