namespace FineTune.Core.Specification;

/// <summary>
/// Describes one option of a <see cref="TrainingPlan"/>. The property's name is the MSBuild metadata name; the command line's
/// option and the JSON key are derived from it. Help, documentation, defaults and checks all read this attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PlanOptionAttribute(PlanOptionScope scope, string description) : Attribute
{
    /// <summary>What the option changes.</summary>
    public PlanOptionScope Scope { get; } = scope;

    /// <summary>One line for help texts and documentation.</summary>
    public string Description { get; } = description;

    /// <summary>The default as the user would write it; <see langword="null"/> when it is derived or empty.</summary>
    public string? Default { get; set; }

    /// <summary>How the default is derived, for documentation, when <see cref="Default"/> is <see langword="null"/>.</summary>
    public string? DefaultDescription { get; set; }

    /// <summary>The smallest allowed number (inclusive).</summary>
    public double Minimum { get; set; } = double.NegativeInfinity;

    /// <summary>The largest allowed number (inclusive).</summary>
    public double Maximum { get; set; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Minimum"/> itself is excluded.</summary>
    public bool MinimumExcluded { get; set; }

    /// <summary>Whether <see cref="Maximum"/> itself is excluded.</summary>
    public bool MaximumExcluded { get; set; }

    /// <summary>The values that a text option can have; empty when any text will do. An enumeration lists itself.</summary>
    public string[] AllowedValues { get; set; } = [];

    /// <summary>Other spellings of allowed values, each as <c>spelling=value</c>.</summary>
    public string[] ValueAliases { get; set; } = [];

    /// <summary>Names that other tools use for the same option, such as Hugging Face's <c>num_train_epochs</c>.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>The tasks in which the option has an effect; empty when it has one in all.</summary>
    public FineTuneTask[] Tasks { get; set; } = [];

    /// <summary>The units that an interval can have.</summary>
    public IntervalUnit[] IntervalUnits { get; set; } = [];
}
