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
        for (var codePoint = first; codePoint <= last; codePoint += step)
        {
            switch (fields[0])
            {
                case "removed":
                    Mark(codePoint, BertCharacter.Removed);
                    break;
                case "space":
                    Mark(codePoint, BertCharacter.Whitespace);
                    break;
                case "ideograph":
                    Mark(codePoint, BertCharacter.Ideograph);
                    break;
                case "mark":
                    Mark(codePoint, BertCharacter.NonspacingMark);
                    break;
                case "barrier":
                    Mark(codePoint, BertCharacter.OrderBarrier);
                    break;
                case "punctuation":
                    Mark(codePoint, BertCharacter.Punctuation);
                    break;
                case "lower":
                    Mark(codePoint, BertCharacter.HasLowercase);
                    LowercaseForms.Add(codePoint, Value(fields, codePoint));
                    break;
                case "strip":
                    Mark(codePoint, BertCharacter.HasStripped);
                    StrippedForms.Add(codePoint, Value(fields, codePoint));
                    break;
                case "order":
                    Mark(codePoint, BertCharacter.HasOrder);
                    CombiningClasses.Add(codePoint, Hexadecimal(fields[2]));
                    break;
                default:
                    throw new InvalidDataException($"BertUnicode.txt has an unknown kind '{fields[0]}'.");
            }
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
