using System.Reflection;

namespace FineTune.Core.Specification;

/// <summary>All options of a <see cref="TrainingPlan"/>, derived from its <see cref="PlanOptionAttribute"/>s.</summary>
public static class PlanOptions
{
    private static readonly Dictionary<string, PlanOption> ByName;

    static PlanOptions()
    {
        var options = new List<PlanOption>();
        var properties = typeof(TrainingPlan).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        // Reflection does not promise the order of declaration.
        Array.Sort(properties, (first, second) => first.MetadataToken.CompareTo(second.MetadataToken));
        foreach (var property in properties)
        {
            if (property.GetCustomAttribute<PlanOptionAttribute>() is { } attribute)
            {
                options.Add(new PlanOption(property, attribute));
            }
        }
        All = options;
        ByName = new Dictionary<string, PlanOption>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in All)
        {
            // The JSON key differs from the metadata name in case only.
            ByName.Add(option.MetadataName, option);
            foreach (var name in option.Aliases.Append(option.CommandLineName.Substring(2)).Where(name => !ByName.ContainsKey(name)))
            {
                ByName.Add(name, option);
            }
        }
    }

    /// <summary>The options in the order in which <see cref="TrainingPlan"/> declares them.</summary>
    public static IReadOnlyList<PlanOption> All { get; }

    /// <summary>The option of a metadata name, command-line name, JSON key or alias, whatever its case; <see langword="null"/> when there is none.</summary>
    public static PlanOption? Find(string anyNameOrAlias) =>
        ByName.TryGetValue(anyNameOrAlias.TrimStart('-'), out var option) ? option : null;

    /// <summary>The metadata name of the option whose name is most like the given one; <see langword="null"/> when none is.</summary>
    public static string? Nearest(string unknown) =>
        NameSuggestion.Of(unknown.TrimStart('-'), ByName.Keys) is { } name ? ByName[name].MetadataName : null;
}
