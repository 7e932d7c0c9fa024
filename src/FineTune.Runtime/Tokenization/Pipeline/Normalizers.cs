using System.Globalization;
using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The normalizers of a <c>tokenizer.json</c>, equal to those of the tokenizers library also in the places that changed characters stand for.</summary>
internal static class Normalizers
{
    /// <summary>Graphemes of more bytes are mapped character by character.</summary>
    private const int LongestMappedGrapheme = 5;

    /// <summary>BERT's: cleans, sets ideographs apart, strips accents and lowercases, as is asked for.</summary>
    internal static AlignedText Bert(AlignedText text, bool cleans, bool splitsIdeographs, bool stripsAccents, bool lowercases)
    {
        if (cleans)
        {
            text = text.Filter(codePoint => !Is(codePoint, BertCharacter.Removed)).Map(codePoint => Is(codePoint, BertCharacter.Whitespace) ? ' ' : codePoint);
        }

        if (splitsIdeographs && Array.Exists(text.Characters, character => Is(character.CodePoint, BertCharacter.Ideograph)))
        {
            text = Expand(text, codePoint => Is(codePoint, BertCharacter.Ideograph) ? [' ', codePoint, ' '] : [codePoint]);
        }

        if (stripsAccents)
        {
            text = UnicodeNormalization.Normalize(text, isCompatible: false, isComposed: false).Filter(codePoint => !Is(codePoint, BertCharacter.NonspacingMark));
        }

        return lowercases ? Lowercase(text) : text;
    }

    /// <summary>Lowercase, character by character.</summary>
    internal static AlignedText Lowercase(AlignedText text) => Array.Exists(text.Characters, character => Is(character.CodePoint, BertCharacter.HasLowercase))
        ? Expand(text, codePoint => Is(codePoint, BertCharacter.HasLowercase) ? BertUnicode.LowercaseOf(codePoint) : [codePoint])
        : text;

    /// <summary>Without marks. Accents are marks only after a decomposition.</summary>
    internal static AlignedText StripAccents(AlignedText text) => text.Filter(codePoint => !UnicodeNormalization.IsMark(codePoint));

    /// <summary>Without white space at the ends.</summary>
    internal static AlignedText Strip(AlignedText text, bool left, bool right)
    {
        var (start, end) = (0, text.Count);
        while (left && start < end && UnicodeText.IsWhiteSpace(text[start].CodePoint))
        {
            start++;
        }

        while (right && end > start && UnicodeText.IsWhiteSpace(text[end - 1].CodePoint))
        {
            end--;
        }

        return text.Slice(start, end);
    }

    /// <summary>Puts <paramref name="content"/> in the place of what matches; it stands for the last character of the match.</summary>
    internal static AlignedText Replace(AlignedText text, Pattern pattern, int[] content)
    {
        var matches = text.Count == 0 ? [] : pattern.Find(text);
        if (matches.Count == 0)
        {
            return text;
        }

        List<AlignedCharacter> result = new(text.Count);
        var position = 0;
        foreach (var (start, end) in matches)
        {
            result.AddRange(text.Characters.Skip(position).Take(start - position));
            result.AddRange(content.Select(codePoint => text[Math.Max(0, end - 1)] with { CodePoint = codePoint }));
            position = end;
        }

        result.AddRange(text.Characters.Skip(position));
        return new AlignedText([.. result]);
    }

    /// <summary>The cleaning of neural machine translation in SentencePiece (<c>Nmt</c>).</summary>
    internal static AlignedText CleanForTranslation(AlignedText text)
        => text.Filter(codePoint => codePoint is not ((>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F))
            .Map(codePoint => codePoint is 0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD ? ' ' : codePoint);

    /// <summary>
    /// SentencePiece's character map as the tokenizers library applies it (<c>Precompiled</c>): to short graphemes as a whole, else to characters, and of
    /// several entries that fit the shortest.
    /// </summary>
    internal static AlignedText MapCharacters(AlignedText text, CharacterMap map)
    {
        var (units, positions) = text.ToUnits();
        var starts = StringInfo.ParseCombiningCharacters(new string(units));
        List<(int CodePoint, int Change)> result = new(text.Count);
        for (var i = 0; i < starts.Length; i++)
        {
            var (first, end) = (positions[starts[i]], i + 1 < starts.Length ? positions[starts[i + 1]] : text.Count);
            if (!TryMap(text, first, end, LongestMappedGrapheme, map, result))
            {
                for (var position = first; position < end; position++)
                {
                    if (!TryMap(text, position, position + 1, int.MaxValue, map, result))
                    {
                        result.Add((text[position].CodePoint, 0));
                    }
                }
            }
        }

        return text.Transform(result);
    }

    /// <summary>Each character as the visible characters of its UTF-8's bytes.</summary>
    internal static AlignedText ToBytes(AlignedText text) => Expand(text, ByteCharacters.Of);

    private static bool TryMap(AlignedText text, int start, int end, int longest, CharacterMap map, List<(int CodePoint, int Change)> result)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToString(start, end));
        if (bytes.Length > longest || !map.TryMapShortest(bytes, out var replacement))
        {
            return false;
        }

        // Characters that are too many stand for the last one before them; those that are too few take the places of the rest.
        var codePoints = AlignedText.CodePointsOf(replacement);
        var difference = codePoints.Length - (end - start);
        for (var i = 0; i < codePoints.Length; i++)
        {
            result.Add((codePoints[i], i >= codePoints.Length - difference ? 1 : 0));
        }

        if (difference < 0 && result.Count > 0)
        {
            result[result.Count - 1] = result[result.Count - 1] with { Change = result[result.Count - 1].Change + difference };
        }

        return true;
    }

    private static AlignedText Expand(AlignedText text, Func<int, int[]> expand)
    {
        List<AlignedCharacter> result = new(text.Count);
        foreach (var character in text.Characters)
        {
            foreach (var codePoint in expand(character.CodePoint))
            {
                result.Add(character with { CodePoint = codePoint });
            }
        }

        return new AlignedText([.. result]);
    }

    private static bool Is(int codePoint, BertCharacter kind) => (BertUnicode.KindOf(codePoint) & kind) != 0;
}
