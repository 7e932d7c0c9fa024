using System.Globalization;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>
/// Unicode's normalization forms (Unicode Standard Annex 15), from a table that the reference implementation gave: .NET's own depend on its version, and
/// do nothing where globalization is invariant.
/// </summary>
internal static class UnicodeNormalization
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;
    private const int LeadingFirst = 0x1100;
    private const int LeadingCount = 19;
    private const int VowelFirst = 0x1161;
    private const int VowelCount = 21;
    private const int TrailingBase = 0x11A7;
    private const int TrailingCount = 28;

    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<int, int> CombiningClasses = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly HashSet<int> Accents = [];

    static UnicodeNormalization()
    {
        using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream("FineTune.Runtime.UnicodeNormalization.txt")!;
        using var reader = new StreamReader(stream);
        List<int> composed = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                ReadLine(line.Split(' '), composed);
            }
        }

        // A character of three parts is composed of a character of two and the last, so those of two come first.
        foreach (var codePoint in composed.OrderBy(codePoint => Canonical[codePoint].Length))
        {
            var parts = Canonical[codePoint];
            var first = parts[0];
            for (var i = 1; i < parts.Length - 1; i++)
            {
                first = Compositions[(first, parts[i])];
            }

            Compositions.Add((first, parts[parts.Length - 1]), codePoint);
        }
    }

    /// <summary>Whether a code point is a mark: nonspacing, spacing or enclosing.</summary>
    internal static bool IsMark(int codePoint) => Accents.Contains(codePoint);

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isCompatible">Whether characters that only look different become the same (NFKC, NFKD).</param>
    /// <param name="isComposed">Whether characters and marks become one where Unicode has such (NFC, NFKC).</param>
    internal static AlignedText Normalize(AlignedText text, bool isCompatible, bool isComposed)
    {
        if (Array.TrueForAll(text.Characters, character => character.CodePoint < 0xA0))
        {
            return text;
        }

        var decomposed = Decompose(text, isCompatible);
        return text.Transform(isComposed ? Compose(decomposed) : decomposed);
    }

    private static List<(int CodePoint, int Change)> Decompose(AlignedText text, bool isCompatible)
    {
        List<(int CodePoint, int Change)> result = new(text.Count);
        var order = 0;
        foreach (var character in text.Characters)
        {
            var parts = PartsOf(character.CodePoint, isCompatible);
            for (var i = 0; i < parts.Length; i++)
            {
                // Marks are put in order of their classes; equal ones stay as they are.
                var (combiningClass, position) = (ClassOf(parts[i]), result.Count);
                while (combiningClass > 0 && position > order && ClassOf(result[position - 1].CodePoint) > combiningClass)
                {
                    position--;
                }

                result.Insert(position, (parts[i], i > 0 ? 1 : 0));
                order = combiningClass == 0 ? result.Count : order;
            }
        }

        return result;
    }

    private static List<(int CodePoint, int Change)> Compose(List<(int CodePoint, int Change)> text)
    {
        List<(int CodePoint, int Change)> result = new(text.Count);
        var (starter, lastClass) = (-1, -1);
        foreach (var (codePoint, change) in text)
        {
            var combiningClass = ClassOf(codePoint);
            if (starter >= 0 && lastClass < combiningClass && TryCompose(result[starter].CodePoint, codePoint, out var composed))
            {
                result[starter] = (composed, result[starter].Change + change - 1);
                continue;
            }

            result.Add((codePoint, change));
            if (combiningClass == 0)
            {
                (starter, lastClass) = (result.Count - 1, -1);
            }
            else
            {
                lastClass = combiningClass;
            }
        }

        return result;
    }

    // The Unicode Standard, section 3.12, for Hangul; the table for all others.
    private static bool TryCompose(int first, int second, out int composed)
    {
        if (first is >= LeadingFirst and < LeadingFirst + LeadingCount && second is >= VowelFirst and < VowelFirst + VowelCount)
        {
            composed = HangulFirst + ((((first - LeadingFirst) * VowelCount) + second - VowelFirst) * TrailingCount);
            return true;
        }

        if (first is >= HangulFirst and <= HangulLast && (first - HangulFirst) % TrailingCount == 0 && second is > TrailingBase and < TrailingBase + TrailingCount)
        {
            composed = first + second - TrailingBase;
            return true;
        }

        return Compositions.TryGetValue((first, second), out composed);
    }

    private static int[] PartsOf(int codePoint, bool isCompatible)
    {
        if (codePoint is >= HangulFirst and <= HangulLast)
        {
            var syllable = codePoint - HangulFirst;
            var (leading, vowel, trailing) = (LeadingFirst + (syllable / (VowelCount * TrailingCount)), VowelFirst + (syllable / TrailingCount % VowelCount), TrailingBase + (syllable % TrailingCount));
            return trailing == TrailingBase ? [leading, vowel] : [leading, vowel, trailing];
        }

        return (isCompatible && Compatible.TryGetValue(codePoint, out var parts)) || Canonical.TryGetValue(codePoint, out parts) ? parts : [codePoint];
    }

    private static int ClassOf(int codePoint) => CombiningClasses.TryGetValue(codePoint, out var value) ? value : 0;

    // A line is: kind first-last [value], where a value is code points or a distance with a sign, all hexadecimal.
    private static void ReadLine(string[] fields, List<int> composed)
    {
        var kind = fields[0].Split(':');
        var range = fields[1].Split('-');
        for (int codePoint = Hexadecimal(range[0]), last = Hexadecimal(range[1]); codePoint <= last; codePoint++)
        {
            switch (kind[0])
            {
                case "accent":
                    Accents.Add(codePoint);
                    break;
                case "class":
                    CombiningClasses.Add(codePoint, Hexadecimal(kind[1]));
                    break;
                case "compatible":
                    Compatible.Add(codePoint, Value(fields, codePoint));
                    break;
                default:
                    Canonical.Add(codePoint, Value(fields, codePoint));
                    if (kind[0] == "composed")
                    {
                        composed.Add(codePoint);
                    }

                    break;
            }
        }
    }

    private static int[] Value(string[] fields, int codePoint) => fields[2][0] switch
    {
        '+' => [codePoint + Hexadecimal(fields[2].Substring(1))],
        '-' => [codePoint - Hexadecimal(fields[2].Substring(1))],
        _ => [.. fields.Skip(2).Select(Hexadecimal)],
    };

    private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
