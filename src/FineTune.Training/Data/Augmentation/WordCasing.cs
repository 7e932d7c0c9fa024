using System.Text;

namespace FineTune.Training.Data.Augmentation;

/// <summary>Ways of writing a word, the same in every culture.</summary>
internal static class WordCasing
{
    /// <summary>The word with its first letter in upper case and the others in lower case.</summary>
    public static string Title(string word) => Capitalized(word.ToLowerInvariant());

    /// <summary>A word in the case of another one: all upper, or with a capital letter, or as it is.</summary>
    public static string Like(string model, string word)
    {
        Rune[] letters = [.. model.EnumerateRunes().Where(Rune.IsLetter)];
        return letters.Length > 1 && letters.All(Rune.IsUpper) ? word.ToUpperInvariant()
            : letters.Length > 0 && Rune.IsUpper(letters[0]) ? Capitalized(word)
            : word;
    }

    private static string Capitalized(string word)
    {
        var start = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                return $"{word[..start]}{Rune.ToUpperInvariant(rune)}{word[(start + rune.Utf16SequenceLength)..]}";
            }

            start += rune.Utf16SequenceLength;
        }

        return word;
    }
}
