namespace FineTune.Core.Specification;

/// <summary>Finds what someone who mistyped a name probably meant.</summary>
internal static class NameSuggestion
{
    /// <summary>The candidate with the smallest edit distance, if that is small for the name's length; the first of equals.</summary>
    public static string? Of(string unknown, IEnumerable<string> candidates)
    {
        var wanted = Normalize(unknown);
        var nearest = candidates
            .Select(candidate => (Name: candidate, Distance: Distance(wanted, Normalize(candidate))))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, wanted.Length / 3) ? nearest.Name : null;
    }

    /// <summary>" Did you mean X?" or nothing.</summary>
    public static string Question(string unknown, IEnumerable<string> candidates) =>
        Of(unknown, candidates) is { } name ? $" Did you mean {name}?" : "";

    // Case and separators are what the three spellings of a name differ in, so they say nothing about what was meant.
    private static string Normalize(string name) =>
        string.Concat(name.Where(letter => letter is not ('-' or '_' or '.' or ' ')).Select(char.ToLowerInvariant));

    /// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost one.</summary>
    private static int Distance(string first, string second)
    {
        var beforePrevious = new int[second.Length + 1];
        var previous = new int[second.Length + 1];
        var current = new int[second.Length + 1];
        for (var column = 0; column <= second.Length; column++)
        {
            previous[column] = column;
        }

        for (var row = 1; row <= first.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= second.Length; column++)
            {
                var cost = first[row - 1] == second[column - 1] ? 0 : 1;
                current[column] = Math.Min(Math.Min(current[column - 1], previous[column]) + 1, previous[column - 1] + cost);
                if (row > 1 && column > 1 && first[row - 1] == second[column - 2] && first[row - 2] == second[column - 1])
                {
                    current[column] = Math.Min(current[column], beforePrevious[column - 2] + 1);
                }
            }
            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }
        return previous[second.Length];
    }
}
