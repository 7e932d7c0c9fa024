namespace FineTune.Training.Data;

/// <summary>One string for each label instead of one for each row.</summary>
internal sealed class SharedNames
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    /// <summary>All names so far.</summary>
    public IReadOnlyCollection<string> All => names.Keys;

    /// <summary>The one string with these characters.</summary>
    public string Share(ReadOnlySpan<char> name)
    {
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out var shared))
        {
            shared = name.ToString();
            names.Add(shared, shared);
        }

        return shared;
    }
}
