using System.Text;
using System.Text.RegularExpressions;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>
/// GPT-2's pre-tokenization (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): words with the space before them, then
/// each byte of their UTF-8 as a visible character.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace)
{
    private static readonly int[] SpaceBefore = [' '];
    private static readonly Regex Words = new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant);
    private static readonly int[] ByteCharacters = MakeByteCharacters();

    /// <summary>The pieces of <paramref name="text"/> in their order, which the model tokenizes each on its own; none is empty.</summary>
    internal IEnumerable<AlignedText> Split(AlignedText text)
    {
        var spaced = addPrefixSpace && text.Count > 0 && text[0].CodePoint != ' ' ? text.Prepend(SpaceBefore) : text;

        // Every character is white space, a letter, a number or something else, so the matches leave nothing out.
        for (var match = Words.Match(UnicodeText.OneUnitEach(spaced)); match.Success; match = match.NextMatch())
        {
            yield return ToBytes(spaced.Slice(match.Index, match.Index + match.Length));
        }
    }

    private static AlignedText ToBytes(AlignedText word)
    {
        var characters = new List<AlignedCharacter>(word.Count);
        foreach (var character in word.Characters)
        {
            // Each byte stands for the whole character.
            int[] bytes = character.CodePoint < 0x80 ? [character.CodePoint] : [.. Encoding.UTF8.GetBytes(char.ConvertFromUtf32(character.CodePoint)).Select(value => (int)value)];
            characters.AddRange(bytes.Select(value => character with { CodePoint = ByteCharacters[value] }));
        }

        return new AlignedText([.. characters]);
    }

    // Bytes that are visible in Latin-1 stand for themselves; the others get the characters from U+0100 on.
    private static int[] MakeByteCharacters()
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
