namespace FineTune.Training.Data;

/// <summary>Finds what someone probably meant.</summary>
internal static class NearestName
{
    /// <summary>A half sentence such as <c>; did you mean 'label'?</c>, or nothing when no name is close.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (Name: candidate, Distance: Distance(name, candidate))).OrderBy(candidate => candidate.Distance).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, name.Length / 3) ? $" Did you mean '{nearest.Name}'?" : string.Empty;
    }

    /// <summary>A quoted list that stays readable when there are many names.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        const int shown = 20;
        var list = string.Join(", ", names.Take(shown).Select(name => $"'{name}'"));
        return names.Count > shown ? $"{list} and {names.Count - shown} more" : list;
    }

    /// <summary>How many characters must be inserted, deleted or replaced, whatever their case (Levenshtein).</summary>
    private static int Distance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 0; i < first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < second.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(first[i]) == char.ToUpperInvariant(second[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
