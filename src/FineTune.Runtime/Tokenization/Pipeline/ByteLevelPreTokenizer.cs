using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>
/// GPT-2's pre-tokenization (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"): words with the space before them, then
/// each byte of their UTF-8 as a visible character.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool splitsWords) : PreTokenizer
{
    private static readonly int[] SpaceBefore = [' '];
    private static readonly Pattern Words = Pattern.Expression(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "");
    private static readonly int[] ByteCharacters = MakeByteCharacters();

    /// <inheritdoc/>
    internal override void Split(AlignedText text, List<AlignedText> pieces)
    {
        var spaced = addPrefixSpace && text.Count > 0 && text[0].CodePoint != ' ' ? text.Prepend(SpaceBefore) : text;
        List<AlignedText> words = [];
        if (splitsWords)
        {
            SplitAt(spaced, Words.Find(spaced), SplitBehavior.Isolated, invert: false, words);
        }
        else if (spaced.Count > 0)
        {
            words.Add(spaced);
        }

        foreach (var word in words)
        {
            pieces.Add(ToBytes(word));
        }
    }

    private static AlignedText ToBytes(AlignedText word)
    {
        var builder = new AlignedTextBuilder(word);
        for (var i = 0; i < word.Count; i++)
        {
            var codePoint = word[i].CodePoint;
            builder.Replace(i, 1, codePoint < 0x80
                ? [ByteCharacters[codePoint]]
                : [.. Encoding.UTF8.GetBytes(char.ConvertFromUtf32(codePoint)).Select(value => ByteCharacters[value])]);
        }

        return builder.Build();
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
