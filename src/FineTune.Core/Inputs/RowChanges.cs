using System.Globalization;

namespace FineTune.Core.Inputs;

/// <summary>What became of the rows of a file.</summary>
/// <param name="Added">New rows.</param>
/// <param name="Changed">Rows that stand where another one stood.</param>
/// <param name="Removed">Rows that are gone.</param>
internal sealed record RowChanges(long Added, long Changed, long Removed)
{
    /// <summary>
    /// Compares two versions. A row that is in both is the same one wherever it stands; of those that are left between the same two neighbours, a new one and an old one
    /// together are a changed one. Takes time in proportion to the rows.
    /// </summary>
    public static RowChanges Between(IReadOnlyList<ulong> before, IReadOnlyList<ulong> now)
    {
        var removed = Left(before, CountsOf(now));
        var added = Left(now, CountsOf(before));
        var changed = removed.Sum(place => Math.Min(place.Value, added.TryGetValue(place.Key, out var count) ? count : 0));
        return new RowChanges(added.Values.Sum() - changed, changed, removed.Values.Sum() - changed);
    }

    /// <summary><c>12 rows added, 3 changed, 1 removed</c>; empty when there is nothing to tell.</summary>
    public override string ToString()
    {
        var parts = new[] { (Added, "added"), (Changed, "changed"), (Removed, "removed") }.Where(part => part.Item1 > 0).ToList();
        return string.Join(", ", parts.Select((part, index) => $"{(index > 0 ? Number(part.Item1) : Rows(part.Item1))} {part.Item2}"));
    }

    internal static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Rows(long count) => $"{Number(count)} {(count == 1 ? "row" : "rows")}";

    private static Dictionary<ulong, int> CountsOf(IReadOnlyList<ulong> rows)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (var row in rows)
        {
            counts[row] = counts.TryGetValue(row, out var count) ? count + 1 : 1;
        }

        return counts;
    }

    /// <summary>How many rows are not among <paramref name="others"/>, by the row before them that is: its hash, and the how-many-eth of that hash it is.</summary>
    private static Dictionary<(ulong Row, int Occurrence), long> Left(IReadOnlyList<ulong> rows, Dictionary<ulong, int> others)
    {
        var left = new Dictionary<(ulong, int), long>();
        var seen = new Dictionary<ulong, int>();
        var place = (0UL, 0);
        foreach (var row in rows)
        {
            if (others.TryGetValue(row, out var available) && available > 0)
            {
                others[row] = available - 1;
                place = (row, Seen(row));
            }
            else
            {
                left[place] = left.TryGetValue(place, out var count) ? count + 1 : 1;
            }
        }

        return left;

        int Seen(ulong row) => seen[row] = seen.TryGetValue(row, out var count) ? count + 1 : 1;
    }
}
