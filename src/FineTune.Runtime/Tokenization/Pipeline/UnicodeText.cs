using System.Globalization;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Classes of code points that do not depend on the culture; the data is .NET's own.</summary>
internal static class UnicodeText
{
    /// <summary>One character of the basic plane for each general category, in the order of <see cref="UnicodeCategory"/>; 0 where other planes have none.</summary>
    private static readonly char[] Representatives =
    [
        '\uA640', '\uA641', '\u1F88', '\uA788', '\uA840', '\uA806', '\uA823', '\uA670', '\uA620', '\uA6E6', '\uA830', '\0', '\0', '\0', '\u0080', '\uFFF9',
        '\0', '\uE000', '\uFE33', '\uFE58', '\uFE59', '\uFE5A', '\u2E02', '\u2E03', '\uA874', '\uFB29', '\uA838', '\uA700', '\uA828', '\uFFF0',
    ];

    /// <summary>The general category.</summary>
    internal static UnicodeCategory CategoryOf(int codePoint)
        => codePoint <= char.MaxValue ? CharUnicodeInfo.GetUnicodeCategory((char)codePoint) : CharUnicodeInfo.GetUnicodeCategory(char.ConvertFromUtf32(codePoint), 0);

    /// <summary>Unicode's property White_Space.</summary>
    internal static bool IsWhiteSpace(int codePoint)
        => codePoint is (>= 0x09 and <= 0x0D) or ' ' or 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000;

    /// <summary>What regular expressions of the reference take as part of a word: <c>\w</c> (Unicode Technical Standard 18).</summary>
    internal static bool IsWord(int codePoint) => CategoryOf(codePoint) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || codePoint is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>Whether a code point is a number of any kind.</summary>
    internal static bool IsNumber(int codePoint)
        => CategoryOf(codePoint) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>
    /// The text with one UTF-16 unit per code point: .NET's regular expressions see halves of surrogate pairs, which have no category, so a
    /// character of another plane is stood for by a rare one of the same category.
    /// </summary>
    internal static string OneUnitEach(AlignedText text)
    {
        var units = new char[text.Count];
        for (var i = 0; i < units.Length; i++)
        {
            var codePoint = text[i].CodePoint;
            units[i] = codePoint <= char.MaxValue ? (char)codePoint : Representatives[(int)CategoryOf(codePoint)];
        }

        return new string(units);
    }
}
