using System.Globalization;

namespace FineTune.Runtime.Tokenization;

/// <summary>Where a model's special tokens stand around one text and around two, and which segments the tokens belong to. Immutable.</summary>
internal sealed class SpecialTokenTemplate
{
    private readonly IReadOnlyList<TemplatePart> _single;
    private readonly IReadOnlyList<TemplatePart> _pair;

    /// <summary>Creates the template; <paramref name="single"/> has the place of one text, <paramref name="pair"/> those of two.</summary>
    internal SpecialTokenTemplate(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair)
    {
        (_single, _pair) = (single, pair);
        SingleSpecialTokenCount = single.Count(part => part.Content == TemplateContent.SpecialToken);
        PairSpecialTokenCount = pair.Count(part => part.Content == TemplateContent.SpecialToken);
    }

    /// <summary>The number of special tokens around one text.</summary>
    internal int SingleSpecialTokenCount { get; }

    /// <summary>The number of special tokens before one text.</summary>
    internal int TextStart => _single.TakeWhile(part => part.Content == TemplateContent.SpecialToken).Count();

    /// <summary>The number of special tokens around two texts.</summary>
    internal int PairSpecialTokenCount { get; }

    /// <summary>
    /// Reads the two templates in the form of Hugging Face's <c>TemplateProcessing</c>: parts with blanks between them, <c>$A</c> and <c>$B</c> for the
    /// texts, and a segment other than 0 after a colon, such as <c>[CLS] $A [SEP] $B:1 [SEP]:1</c>.
    /// </summary>
    /// <param name="single">The template of one text.</param>
    /// <param name="pair">The template of two texts.</param>
    /// <param name="require">Gives the id of a special token, or throws where there is none.</param>
    internal static SpecialTokenTemplate Parse(string single, string pair, Func<string, int> require) => new(Parse(single, require), Parse(pair, require));

    /// <summary>The template of one text, in the form that <see cref="Parse(string, string, Func{string, int})"/> reads.</summary>
    internal string DescribeSingle(Func<int, string> tokenOf) => Describe(_single, tokenOf);

    /// <summary>The template of two texts.</summary>
    internal string DescribePair(Func<int, string> tokenOf) => Describe(_pair, tokenOf);

    /// <summary>The ids of one text between special tokens, cut to <paramref name="maxLength"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> has no room for the special tokens.</exception>
    internal int[] Encode(List<TextToken> tokens, int maxLength)
    {
        var length = Math.Min(tokens.Count, Budget(maxLength, SingleSpecialTokenCount));
        var ids = new int[length + SingleSpecialTokenCount];
        Write(_single, tokens, length, tokens, 0, ids, segments: null);
        return ids;
    }

    /// <summary>
    /// Two texts between special tokens. What is too long for <paramref name="maxLength"/> is cut from the end of the longer text, and from both ends where
    /// both are longer than half of the room; an odd token goes to the longer one, or to the second (<c>longest_first</c> of the tokenizers library).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> has no room for the special tokens.</exception>
    internal EncodedPair Encode(List<TextToken> first, List<TextToken> second, int maxLength)
    {
        var (firstLength, secondLength) = Cut(first.Count, second.Count, Budget(maxLength, PairSpecialTokenCount));
        var ids = new int[firstLength + secondLength + PairSpecialTokenCount];
        var segments = new int[ids.Length];
        Write(_pair, first, firstLength, second, secondLength, ids, segments);
        return new EncodedPair(ids, segments);
    }

    private static (int First, int Second) Cut(int first, int second, int budget)
    {
        if ((long)first + second <= budget)
        {
            return (first, second);
        }

        var (shorter, half) = (Math.Min(first, second), budget / 2);
        var (shorterCut, longerCut) = shorter <= half ? (shorter, budget - shorter) : (half, budget - half);
        return first > second ? (longerCut, shorterCut) : (shorterCut, longerCut);
    }

    private static int Budget(int maxLength, int specialTokens) => maxLength >= specialTokens
        ? maxLength - specialTokens
        : throw new ArgumentOutOfRangeException(nameof(maxLength), maxLength, $"An input has at least {specialTokens} tokens, the special ones.");

    private static void Write(IReadOnlyList<TemplatePart> parts, List<TextToken> first, int firstLength, List<TextToken> second, int secondLength, int[] ids, int[]? segments)
    {
        var position = 0;
        foreach (var part in parts)
        {
            var (text, length) = part.Content == TemplateContent.First ? (first, firstLength) : (second, secondLength);
            length = part.Content == TemplateContent.SpecialToken ? 1 : length;
            for (var i = 0; i < length; i++, position++)
            {
                ids[position] = part.Content == TemplateContent.SpecialToken ? part.Id : text[i].Id;
                if (segments is not null)
                {
                    segments[position] = part.SegmentId;
                }
            }
        }
    }

    private static string Describe(IReadOnlyList<TemplatePart> parts, Func<int, string> tokenOf) => string.Join(" ", parts.Select(part =>
    {
        var name = part.Content switch { TemplateContent.First => "$A", TemplateContent.Second => "$B", _ => tokenOf(part.Id) };
        return part.SegmentId == 0 ? name : $"{name}:{part.SegmentId.ToString(CultureInfo.InvariantCulture)}";
    }));

    private static TemplatePart[] Parse(string template, Func<string, int> require)
        => [.. template.Split([' '], StringSplitOptions.RemoveEmptyEntries).Select(part => ParsePart(part, require))];

    private static TemplatePart ParsePart(string part, Func<string, int> require)
    {
        var colon = part.LastIndexOf(':');
        var afterColon = part.Substring(colon + 1);
        var (name, segmentId) = colon > 0 && int.TryParse(afterColon, NumberStyles.None, CultureInfo.InvariantCulture, out var segment) ? (part.Substring(0, colon), segment) : (part, 0);
        return name switch
        {
            "$A" => new TemplatePart(TemplateContent.First, 0, segmentId),
            "$B" => new TemplatePart(TemplateContent.Second, 0, segmentId),
            _ => new TemplatePart(TemplateContent.SpecialToken, require(name), segmentId),
        };
    }
}
