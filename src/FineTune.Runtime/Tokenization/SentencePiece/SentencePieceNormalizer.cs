using System.Text;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>
/// SentencePiece's normalization (Kudo and Richardson 2018): the model's character map, of entries that fit the longest; one mark for the blanks between
/// words. The mark stands for no character of the text, so that the range of a token begins with its word.
/// </summary>
internal sealed class SentencePieceNormalizer(CharacterMap map, bool addsPrefix, bool removesExtraSpaces)
{
    /// <summary>What stands for a blank.</summary>
    internal const int Mark = 0x2581;

    /// <summary>Normalizes a text.</summary>
    internal AlignedText Normalize(AlignedText text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var result = new List<AlignedCharacter>(text.Count + 1);
        var afterSpace = removesExtraSpaces;
        for (int position = 0, offset = 0; position < text.Count;)
        {
            var (first, end) = (position, offset);
            var isMapped = map.TryMap(bytes, offset, out var length, out var replacement);
            do
            {
                end += Width(text[position].CodePoint);
                position++;
            }
            while (isMapped && end < offset + length && position < text.Count);

            offset = end;
            int[] characters = isMapped ? AlignedText.CodePointsOf(replacement) : [text[first].CodePoint];
            foreach (var character in characters)
            {
                Append(result, character, text[first].Start, text[position - 1].End, afterSpace);
                afterSpace = removesExtraSpaces && character == ' ';
            }
        }

        while (removesExtraSpaces && result.Count > 0 && result[result.Count - 1].CodePoint == Mark)
        {
            result.RemoveAt(result.Count - 1);
        }

        if (addsPrefix && result.Count > 0)
        {
            result.Insert(0, new AlignedCharacter(Mark, result[0].Start, result[0].Start));
        }

        return new AlignedText([.. result]);
    }

    private static void Append(List<AlignedCharacter> result, int character, int start, int end, bool afterSpace)
    {
        if (character != ' ')
        {
            result.Add(new AlignedCharacter(character, start, end));
        }
        else if (!afterSpace)
        {
            result.Add(new AlignedCharacter(Mark, end, end));
        }
        else if (result.Count > 0)
        {
            result[result.Count - 1] = new AlignedCharacter(Mark, end, end);
        }
    }

    private static int Width(int codePoint) => codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
