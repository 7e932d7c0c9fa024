using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The visible characters that stand for bytes in GPT-2's vocabularies.</summary>
internal static class ByteCharacters
{
    /// <summary>The character of the blank.</summary>
    internal const int Blank = 0x120;

    private static readonly int[] OfBytes = Make();
    private static readonly int[][] OfAscii = [.. Enumerable.Range(0, 0x80).Select(codePoint => new[] { OfBytes[codePoint] })];

    /// <summary>The characters of the UTF-8 of a code point.</summary>
    internal static int[] Of(int codePoint) => codePoint < OfAscii.Length
        ? OfAscii[codePoint]
        : Array.ConvertAll(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(codePoint)), value => OfBytes[value]);

    // Bytes that are visible in Latin-1 stand for themselves; the others get the characters from U+0100 on.
    private static int[] Make()
    {
        var characters = new int[256];
        var next = 0x100;
        for (var value = 0; value < characters.Length; value++)
        {
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : next++;
        }

        return characters;
    }
}
