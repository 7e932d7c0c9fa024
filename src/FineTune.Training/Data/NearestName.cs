using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Names of users' data in messages.</summary>
internal static class NearestName
{
    /// <summary>A sentence such as <c> Did you mean 'label'?</c>, or nothing when no name is close.</summary>
    public static string Hint(string name, IEnumerable<string> known) => NameSuggestion.Of(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;

    /// <summary>A quoted list that stays readable when there are many names.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        const int shown = 20;
        var list = string.Join(", ", names.Take(shown).Select(name => $"'{name}'"));
        return names.Count > shown ? $"{list} and {names.Count - shown} more" : list;
    }
}
