using System.Globalization;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Words;

/// <summary>
/// Divides a text into the words that are tagged, in training and in the app alike: what stands between white space, with the punctuation at its beginning and
/// end taken off as words of one character each. Punctuation inside stays: <c>U.S</c>, <c>don't</c>, <c>10.5</c>, <c>e-mail</c>.
/// </summary>
internal static class TextWords
{
    /// <summary>The words in their order; none for a text of white space.</summary>
    public static IReadOnlyList<TextWord> Split(string text)
    {
        var words = new List<TextWord>();
        for (var position = 0; position < text.Length;)
        {
            var end = position;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            Split(text, position, end, words);
            position = end + 1;
        }

        return words;
    }

    private static void Split(string text, int start, int end, List<TextWord> words)
    {
        for (var next = EndOfCharacter(text, start, end); start < end && IsPunctuation(text, start); next = EndOfCharacter(text, start, end))
        {
            words.Add(new TextWord(start, next - start));
            start = next;
        }

        var taken = words.Count;
        for (var last = StartOfCharacter(text, start, end); start < end && IsPunctuation(text, last); last = StartOfCharacter(text, start, end))
        {
            words.Insert(taken, new TextWord(last, end - last));
            end = last;
        }

        if (start < end)
        {
            words.Insert(taken, new TextWord(start, end - start));
        }
    }

    // A mark, such as an accent or an emoji's variation selector, belongs to what it stands on.
    private static int EndOfCharacter(string text, int start, int end)
    {
        var next = start + LengthAt(text, start);
        while (next < end && IsMark(text, next))
        {
            next += LengthAt(text, next);
        }

        return next;
    }

    private static int StartOfCharacter(string text, int start, int end)
    {
        var last = end;
        do
        {
            last -= last - 2 >= start && char.IsSurrogatePair(text, last - 2) ? 2 : 1;
        }
        while (last > start && IsMark(text, last));

        return Math.Max(last, start);
    }

    private static int LengthAt(string text, int position) => position + 1 < text.Length && char.IsSurrogatePair(text, position) ? 2 : 1;

    private static bool IsMark(string text, int position) =>
        CharUnicodeInfo.GetUnicodeCategory(text, position) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    // As BERT's tokenization has it, so that a word never begins or ends within a token.
    private static bool IsPunctuation(string text, int position)
    {
        var codePoint = LengthAt(text, position) == 2 ? char.ConvertToUtf32(text, position) : text[position];
        return (BertUnicode.KindOf(codePoint) & BertCharacter.Punctuation) != 0;
    }
}
