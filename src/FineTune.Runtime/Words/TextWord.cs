namespace FineTune.Runtime.Words;

/// <summary>Where a word stands in its text, in UTF-16 code units.</summary>
/// <param name="Start">The offset of its first one.</param>
/// <param name="Length">Their number; at least 1.</param>
internal readonly record struct TextWord(int Start, int Length)
{
    /// <summary>The offset behind the last one.</summary>
    public int End => Start + Length;
}
