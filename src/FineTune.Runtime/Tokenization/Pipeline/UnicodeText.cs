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
