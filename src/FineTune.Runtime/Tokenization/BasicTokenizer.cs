namespace FineTune.Runtime.Tokenization;

/// <summary>
/// BERT's basic tokenization: cleans, splits at whitespace and punctuation, and, as the settings say, splits ideographs, strips accents and
/// lowercases. Equal to Hugging Face's <c>BertNormalizer</c> followed by <c>BertPreTokenizer</c>.
/// </summary>
internal sealed class BasicTokenizer(bool lowercase, bool stripAccents, bool splitChineseCharacters)
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;
    private const int HangulTrailing = 28;
    private const int HangulVowelsAndTrailing = 21 * HangulTrailing;

    /// <summary>Gives the words of a range of <paramref name="text"/>, normalized, to <paramref name="words"/> in their order.</summary>
    internal void Split(string text, int start, int end, WordBuffer words)
    {
        var i = start;
        while (i < end && !words.IsFull)
        {
            var first = i;
            var character = text[i];
            int codePoint = character;
            i++;
            if (char.IsSurrogate(character))
            {
                // Half a pair is no character; the reference sees U+FFFD, which it removes.
                if (!char.IsHighSurrogate(character) || i == end || !char.IsLowSurrogate(text[i]))
                {
                    continue;
                }

                codePoint = char.ConvertToUtf32(character, text[i]);
                i++;
            }

            words.MoveTo(first, i);
            Clean(codePoint, words);
        }

        words.EndWord();
    }

    private void Clean(int codePoint, WordBuffer words)
    {
        var kind = BertUnicode.KindOf(codePoint);
        if ((kind & BertCharacter.Whitespace) != 0)
        {
            words.EndWord();
        }
        else if (splitChineseCharacters && (kind & BertCharacter.Ideograph) != 0)
        {
            words.EndWord();
            Strip(codePoint, kind, words);
            words.EndWord();
        }
        else if ((kind & BertCharacter.Removed) == 0)
        {
            Strip(codePoint, kind, words);
        }
    }

    private void Strip(int codePoint, BertCharacter kind, WordBuffer words)
    {
        if (stripAccents && IsHangulSyllable(codePoint))
        {
            DecomposeHangul(codePoint - HangulFirst, words);
        }
        else if (stripAccents && (kind & BertCharacter.HasStripped) != 0)
        {
            foreach (var part in BertUnicode.StrippedOf(codePoint))
            {
                Lowercase(part, BertUnicode.KindOf(part), words);
            }
        }
        else if (!stripAccents || (kind & BertCharacter.NonspacingMark) == 0)
        {
            Lowercase(codePoint, kind, words);
        }
        else if ((kind & BertCharacter.OrderBarrier) != 0)
        {
            words.KeepOrder();
        }
    }

    private void Lowercase(int codePoint, BertCharacter kind, WordBuffer words)
    {
        if (lowercase && (kind & BertCharacter.HasLowercase) != 0)
        {
            foreach (var part in BertUnicode.LowercaseOf(codePoint))
            {
                Append(part, BertUnicode.KindOf(part), words);
            }
        }
        else
        {
            Append(codePoint, kind, words);
        }
    }

    private void Append(int codePoint, BertCharacter kind, WordBuffer words)
    {
        if ((kind & BertCharacter.Punctuation) != 0)
        {
            words.EndWord();
            words.Append(codePoint);
            words.EndWord();
        }
        else if (stripAccents && (kind & BertCharacter.HasOrder) != 0)
        {
            words.AppendInOrder(codePoint, BertUnicode.CombiningClassOf(codePoint));
        }
        else
        {
            words.Append(codePoint);
        }
    }

    // The Unicode Standard, section 3.12: conjoining jamo behaviour.
    private static void DecomposeHangul(int syllable, WordBuffer words)
    {
        words.Append(0x1100 + (syllable / HangulVowelsAndTrailing));
        words.Append(0x1161 + (syllable % HangulVowelsAndTrailing / HangulTrailing));
        if (syllable % HangulTrailing is var trailing and > 0)
        {
            words.Append(0x11A7 + trailing);
        }
    }

    private static bool IsHangulSyllable(int codePoint) => codePoint is >= HangulFirst and <= HangulLast;
}
