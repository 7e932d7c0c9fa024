namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Splits normalized text into the pieces that the model tokenizes each on its own. Immutable.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Adds the pieces of <paramref name="text"/> in their order; none is empty.</summary>
    internal abstract void Split(AlignedText text, List<AlignedText> pieces);

    /// <summary>Splits at ranges.</summary>
    protected static void SplitAt(AlignedText text, List<(int Start, int End)> delimiters, SplitBehavior behavior, bool invert, List<AlignedText> pieces)
    {
        List<(int Start, int End, bool IsDelimiter)> ranges = [];
        var position = 0;
        foreach (var (start, end) in delimiters)
        {
            if (start > position)
            {
                ranges.Add((position, start, invert));
            }

            ranges.Add((start, end, !invert));
            position = end;
        }

        if (position < text.Count)
        {
            ranges.Add((position, text.Count, invert));
        }

        foreach (var (start, end) in Merge(ranges, behavior))
        {
            pieces.Add(text.Slice(start, end));
        }
    }

    private static List<(int Start, int End)> Merge(List<(int Start, int End, bool IsDelimiter)> ranges, SplitBehavior behavior)
    {
        List<(int Start, int End)> merged = [];
        for (var i = 0; i < ranges.Count; i++)
        {
            var (start, end, isDelimiter) = ranges[i];
            var previous = i > 0 && ranges[i - 1].IsDelimiter;
            var joins = behavior switch
            {
                SplitBehavior.MergedWithPrevious => i > 0 && isDelimiter && !previous,
                SplitBehavior.MergedWithNext => i > 0 && !isDelimiter && previous,
                SplitBehavior.Contiguous => i > 0 && isDelimiter == previous,
                _ => false,
            };
            if (joins)
            {
                merged[merged.Count - 1] = (merged[merged.Count - 1].Start, end);
            }
            else if (behavior != SplitBehavior.Removed || !isDelimiter)
            {
                merged.Add((start, end));
            }
        }

        return merged;
    }
}
