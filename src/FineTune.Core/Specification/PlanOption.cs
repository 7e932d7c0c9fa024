using System.Reflection;

namespace FineTune.Core.Specification;

/// <summary>One option of a <see cref="TrainingPlan"/>, with its three names and all that is known about its values.</summary>
public sealed record PlanOption
{
    private readonly PropertyInfo _property;

    internal PlanOption(PropertyInfo property, PlanOptionAttribute attribute)
    {
        _property = property;
        MetadataName = property.Name;
        JsonName = char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1);
        CommandLineName = "--" + string.Concat(JsonName.Select(letter => char.IsUpper(letter) ? "-" + char.ToLowerInvariant(letter) : letter.ToString()));
        Scope = attribute.Scope;
        Description = attribute.Description;
        Default = attribute.Default;
        DefaultDescription = attribute.DefaultDescription;
        Minimum = attribute.Minimum;
        Maximum = attribute.Maximum;
        MinimumExcluded = attribute.MinimumExcluded;
        MaximumExcluded = attribute.MaximumExcluded;
        Aliases = attribute.Aliases;
        Tasks = attribute.Tasks;
        IntervalUnits = attribute.IntervalUnits;
        ValueType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        AllowedValues = ValueType.IsEnum ? Enum.GetNames(ValueType) : ValueType == typeof(bool) ? ["true", "false"] : attribute.AllowedValues;
        ValueAliases = attribute.ValueAliases.Select(alias => alias.Split('=')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The name as MSBuild metadata: <c>LearningRate</c>.</summary>
    public string MetadataName { get; }

    /// <summary>The name on the command line: <c>--learning-rate</c>.</summary>
    public string CommandLineName { get; }

    /// <summary>The key in JSON: <c>learningRate</c>.</summary>
    public string JsonName { get; }

    /// <summary>What the option changes.</summary>
    public PlanOptionScope Scope { get; }

    /// <summary>One line for help texts and documentation.</summary>
    public string Description { get; }

    /// <summary>The default as the user would write it; <see langword="null"/> when it is derived or empty.</summary>
    public string? Default { get; }

    /// <summary>How the default is derived, when <see cref="Default"/> is <see langword="null"/>.</summary>
    public string? DefaultDescription { get; }

    /// <summary>The smallest allowed number.</summary>
    public double Minimum { get; }

    /// <summary>The largest allowed number.</summary>
    public double Maximum { get; }

    /// <summary>Whether <see cref="Minimum"/> itself is excluded.</summary>
    public bool MinimumExcluded { get; }

    /// <summary>Whether <see cref="Maximum"/> itself is excluded.</summary>
    public bool MaximumExcluded { get; }

    /// <summary>Names that other tools use for the same option.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The tasks in which the option has an effect; empty when it has one in all.</summary>
    public IReadOnlyList<FineTuneTask> Tasks { get; }

    /// <summary>
    /// The type of the value: an enumeration, <see cref="string"/>, <see cref="int"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="TrainingInterval"/>, or a read-only
    /// list of <see cref="string"/> or <see cref="DataFile"/>. An optional number has the number's type.
    /// </summary>
    public Type ValueType { get; }

    /// <summary>The units that an interval can have; empty for other types.</summary>
    public IReadOnlyList<IntervalUnit> IntervalUnits { get; }

    /// <summary>The values that the option can have; empty when they are not listed.</summary>
    public IReadOnlyList<string> AllowedValues { get; }

    /// <summary>Other spellings of <see cref="AllowedValues"/>.</summary>
    public IReadOnlyDictionary<string, string> ValueAliases { get; }

    /// <summary>Whether the option takes several values, separated by <c>;</c>.</summary>
    public bool IsList => ValueType == typeof(IReadOnlyList<string>) || IsFileList;

    /// <summary>Whether the option takes data files.</summary>
    public bool IsFileList => ValueType == typeof(IReadOnlyList<DataFile>);

    /// <summary>Whether the option has an effect in a task.</summary>
    public bool AppliesTo(FineTuneTask task) => Tasks.Count == 0 || Tasks.Contains(task);

    /// <summary>The option's value in a plan; <see langword="null"/> when it is open.</summary>
    public object? ValueIn(TrainingPlan plan) => _property.GetValue(plan);

    /// <summary>Gives a plan under construction the option's value; plans that others can see are never changed.</summary>
    internal void SetValueIn(TrainingPlan plan, object? value) => _property.SetValue(plan, value);
}
