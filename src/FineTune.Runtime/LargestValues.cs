namespace FineTune.Runtime;

/// <summary>Finds the largest of many values without sorting all of them.</summary>
internal static class LargestValues
{
    private static readonly IComparer<(float Value, int Index)> Order = Comparer<(float Value, int Index)>.Create(
        (left, right) => right.Value.CompareTo(left.Value) is var order && order != 0 ? order : left.Index.CompareTo(right.Index));

    /// <summary>The largest values and where they are, the largest first; of equal ones the first comes first, and NaN comes last.</summary>
    /// <param name="values">The values.</param>
    /// <param name="count">How many are wanted; all are given when there are no more.</param>
    internal static IReadOnlyList<(float Value, int Index)> Of(ReadOnlySpan<float> values, int count)
    {
        count = Math.Min(count, values.Length);
        var kept = new (float Value, int Index)[(int)Math.Min(2L * count, values.Length)];
        var (used, isSorted) = (0, false);
        for (var index = 0; index < values.Length; index++)
        {
            if (used == kept.Length)
            {
                Sort();
                (used, isSorted) = (count, true);
            }

            // Once there are enough, an equal one that comes later is none of them.
            if (!isSorted || values[index].CompareTo(kept[count - 1].Value) > 0)
            {
                kept[used++] = (values[index], index);
            }
        }

        Sort();
        return new ArraySegment<(float Value, int Index)>(kept, 0, count);

        void Sort() => Array.Sort(kept, 0, used, Order);
    }
}
