using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Text on its way through normalization and splitting, whose characters remember where in the original text they come from.</summary>
internal sealed class AlignedText(AlignedCharacter[] characters)
{
    /// <summary>What a half of a surrogate pair is read as: the reference sees no such halves.</summary>
    private const int Replacement = 0xFFFD;

    /// <summary>The number of code points.</summary>
    internal int Count => characters.Length;

    /// <summary>The characters.</summary>
    internal AlignedCharacter[] Characters => characters;

    /// <summary>The character at a position.</summary>
    internal AlignedCharacter this[int position] => characters[position];

    /// <summary>Takes a range of a text.</summary>
    internal static AlignedText From(string text, int start, int length)
    {
        var result = new List<AlignedCharacter>(length);
        for (var i = start; i < start + length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                result.Add(new AlignedCharacter(text[i], i, i + 1));
            }
            else if (i + 1 < start + length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                result.Add(new AlignedCharacter(char.ConvertToUtf32(text[i], text[i + 1]), i, i + 2));
                i++;
            }
            else
            {
                result.Add(new AlignedCharacter(Replacement, i, i + 1));
            }
        }

        return new AlignedText([.. result]);
    }

    /// <summary>The characters from <paramref name="start"/> up to and without <paramref name="end"/>.</summary>
    internal AlignedText Slice(int start, int end) => start == 0 && end == Count ? this : new AlignedText(characters.AsSpan(start, end - start).ToArray());

    /// <summary>The text with code points put before it; they stand for what its first character stands for. An empty text stays empty.</summary>
    internal AlignedText Prepend(IReadOnlyList<int> codePoints)
    {
        if (Count == 0)
        {
            return this;
        }

        var result = new AlignedCharacter[Count + codePoints.Count];
        for (var i = 0; i < codePoints.Count; i++)
        {
            result[i] = characters[0] with { CodePoint = codePoints[i] };
        }

        characters.CopyTo(result, codePoints.Count);
        return new AlignedText(result);
    }

    /// <summary>
    /// What a normalizer makes of the text, with the places that the reference gives to changed characters: change 0 takes the place of the next source
    /// character, a positive one stands where the character before it stood, and a negative one takes a place and skips as many.
    /// </summary>
    /// <param name="characters">The new code points.</param>
    /// <param name="removedFirst">The number of source characters before the first that are left out.</param>
    internal AlignedText Transform(IReadOnlyList<(int CodePoint, int Change)> characters, int removedFirst = 0)
    {
        var result = new AlignedCharacter[characters.Count];
        var source = removedFirst;
        for (var i = 0; i < result.Length; i++)
        {
            var (codePoint, change) = characters[i];
            result[i] = PlaceOf(change > 0 ? source - 1 : source) with { CodePoint = codePoint };
            source += change > 0 ? 0 : 1 - change;
        }

        return new AlignedText(result);
    }

    /// <summary>The text with other code points in the same places.</summary>
    internal AlignedText Map(Func<int, int> map) => new(Array.ConvertAll(Characters, character => character with { CodePoint = map(character.CodePoint) }));

    /// <summary>The characters that are to be kept.</summary>
    internal AlignedText Filter(Func<int, bool> isKept) => new(Array.FindAll(Characters, character => isKept(character.CodePoint)));

    /// <summary>The text as UTF-16.</summary>
    public override string ToString() => ToString(0, Count);

    /// <summary>A part of the text as UTF-16.</summary>
    internal string ToString(int start, int end)
    {
        var text = new StringBuilder(end - start);
        for (var i = start; i < end; i++)
        {
            AppendTo(text, characters[i].CodePoint);
        }

        return text.ToString();
    }

    /// <summary>The text as UTF-16, and for each unit the position of its character.</summary>
    internal (char[] Units, int[] Positions) ToUnits()
    {
        var text = ToString().ToCharArray();
        var positions = new int[text.Length];
        for (int i = 0, unit = 0; i < Count; i++)
        {
            positions[unit++] = i;
            if (characters[i].CodePoint > char.MaxValue)
            {
                positions[unit++] = i;
            }
        }

        return (text, positions);
    }

    /// <summary>The code points of a string.</summary>
    internal static int[] CodePointsOf(string text) => [.. From(text, 0, text.Length).Characters.Select(character => character.CodePoint)];

    private AlignedCharacter PlaceOf(int position) => Count == 0 ? default : Characters[Math.Max(0, Math.Min(position, Count - 1))];

    private static void AppendTo(StringBuilder text, int codePoint)
    {
        if (codePoint <= char.MaxValue)
        {
            text.Append((char)codePoint);
        }
        else
        {
            text.Append((char)(((codePoint - 0x10000) >> 10) + 0xD800)).Append((char)(((codePoint - 0x10000) & 0x3FF) + 0xDC00));
        }
    }
}
