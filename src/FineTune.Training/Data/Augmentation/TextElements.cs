using System.Globalization;
using System.Text;

namespace FineTune.Training.Data.Augmentation;

/// <summary>Characters as readers see them (extended grapheme clusters; Unicode Standard Annex 29): nothing here cuts one in two.</summary>
internal static class TextElements
{
    /// <summary>The text's elements.</summary>
    public static List<string> Of(string text)
    {
        var elements = new List<string>();
        for (var position = 0; position < text.Length;)
        {
            var length = LengthAt(text, position);
            elements.Add(text.Substring(position, length));
            position += length;
        }

        return elements;
    }

    /// <summary>How many code units the element at a position has.</summary>
    public static int LengthAt(string text, int position) => StringInfo.GetNextTextElementLength(text.AsSpan(position));

    /// <summary>Whether the element is white space; a blank that carries an accent is not.</summary>
    public static bool IsSpace(ReadOnlySpan<char> element) => element.IsWhiteSpace();

    /// <summary>Whether the element is a letter, with or without marks.</summary>
    public static bool IsLetter(string element) => Rune.TryGetRuneAt(element, 0, out var rune) && Rune.IsLetter(rune);

    /// <summary>Whether the element is a letter or a digit, with or without marks.</summary>
    public static bool IsLetterOrDigit(string element) => Rune.TryGetRuneAt(element, 0, out var rune) && Rune.IsLetterOrDigit(rune);
}
