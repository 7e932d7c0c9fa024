using System.Globalization;

namespace FineTune.Runtime.Tokenization;

/// <summary>
/// What BERT's basic tokenization does with each code point, frozen as the reference implementation (Hugging Face tokenizers, whose
/// categories are those of Unicode 9) does it, so that token ids depend neither on the .NET version nor on invariant globalization.
/// </summary>
internal static class BertUnicode
{
    private const int PageSize = 256;
    private const int CodePoints = 0x110000;

    private static readonly Dictionary<string, BertCharacter> Kinds = new(StringComparer.Ordinal)
    {
        ["removed"] = BertCharacter.Removed,
        ["space"] = BertCharacter.Whitespace,
        ["ideograph"] = BertCharacter.Ideograph,
        ["mark"] = BertCharacter.NonspacingMark,
        ["barrier"] = BertCharacter.OrderBarrier,
        ["punctuation"] = BertCharacter.Punctuation,
        ["lower"] = BertCharacter.HasLowercase,
        ["strip"] = BertCharacter.HasStripped,
        ["order"] = BertCharacter.HasOrder,
    };

    private static readonly BertCharacter[]?[] Pages = new BertCharacter[CodePoints / PageSize][];
    private static readonly Dictionary<int, int[]> LowercaseForms = [];
    private static readonly Dictionary<int, int[]> StrippedForms = [];
    private static readonly Dictionary<int, int> CombiningClasses = [];

    static BertUnicode()
    {
        using var stream = typeof(BertUnicode).Assembly.GetManifestResourceStream("FineTune.Runtime.BertUnicode.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                ReadLine(line.Split(' '));
            }
        }
    }

    /// <summary>The kinds that a code point belongs to.</summary>
    internal static BertCharacter KindOf(int codePoint) => Pages[codePoint / PageSize] is { } page ? page[codePoint % PageSize] : BertCharacter.Ordinary;

    /// <summary>The code points of the lowercase form; only for <see cref="BertCharacter.HasLowercase"/>.</summary>
    internal static int[] LowercaseOf(int codePoint) => LowercaseForms[codePoint];

    /// <summary>The canonical decomposition without nonspacing marks; only for <see cref="BertCharacter.HasStripped"/>.</summary>
    internal static int[] StrippedOf(int codePoint) => StrippedForms[codePoint];

    /// <summary>The canonical combining class; only for <see cref="BertCharacter.HasOrder"/>.</summary>
    internal static int CombiningClassOf(int codePoint) => CombiningClasses[codePoint];

    // A line is: kind first-last[/step] [value], where a value is code points or a distance with a sign, all hexadecimal.
    private static void ReadLine(string[] fields)
    {
        var range = fields[1].Split('-', '/');
        var (first, last, step) = (Hexadecimal(range[0]), Hexadecimal(range[1]), range.Length > 2 ? Hexadecimal(range[2]) : 1);
        var kind = Kinds.TryGetValue(fields[0], out var known) ? known : throw new InvalidDataException($"BertUnicode.txt has an unknown kind '{fields[0]}'.");
        for (var codePoint = first; codePoint <= last; codePoint += step)
        {
            Mark(codePoint, kind);
        }

        // The ranges with a value are short; those without reach over whole planes.
        for (var codePoint = first; fields.Length > 2 && codePoint <= last; codePoint += step)
        {
            Keep(codePoint, kind, fields);
        }
    }

    private static void Keep(int codePoint, BertCharacter kind, string[] fields)
    {
        switch (kind)
        {
            case BertCharacter.HasLowercase:
                LowercaseForms.Add(codePoint, Value(fields, codePoint));
                break;
            case BertCharacter.HasStripped:
                StrippedForms.Add(codePoint, Value(fields, codePoint));
                break;
            default:
                CombiningClasses.Add(codePoint, Hexadecimal(fields[2]));
                break;
        }
    }

    private static int[] Value(string[] fields, int codePoint) => fields[2][0] switch
    {
        '+' => [codePoint + Hexadecimal(fields[2].Substring(1))],
        '-' => [codePoint - Hexadecimal(fields[2].Substring(1))],
        _ => [.. fields.Skip(2).Select(Hexadecimal)],
    };

    private static void Mark(int codePoint, BertCharacter kind) => (Pages[codePoint / PageSize] ??= new BertCharacter[PageSize])[codePoint % PageSize] |= kind;

    private static int Hexadecimal(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
