namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Builds what a normalizer makes of a text, with the alignment that the reference gives to changed characters.</summary>
internal sealed class AlignedTextBuilder(AlignedText source)
{
    private readonly List<AlignedCharacter> _characters = new(source.Count);

    /// <summary>
    /// Puts code points in place of some characters. They are aligned one by one; those that are too many stand for the last character.
    /// </summary>
    internal void Replace(int start, int count, IReadOnlyList<int> codePoints)
    {
        for (var i = 0; i < codePoints.Count; i++)
        {
            _characters.Add(source[start + Math.Min(i, count - 1)] with { CodePoint = codePoints[i] });
        }
    }

    /// <summary>The text.</summary>
    internal AlignedText Build() => new([.. _characters]);
}
