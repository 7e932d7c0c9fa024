using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>A model as the user asked for it: names and values as they are written, not yet understood.</summary>
public sealed record ModelSpec
{
    /// <summary>The model's name: the item's identity.</summary>
    public required string Name { get; init; }

    /// <summary>The absolute folder that relative paths start from.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Where the specification stands; <see langword="null"/> on the command line.</summary>
    public SourceLocation? Origin { get; init; }

    /// <summary>Values by option name: metadata name, command-line name, JSON key or alias. An empty value is as good as none.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Where single values stand, by the names of <see cref="Values"/>; <see cref="Origin"/> for the others.</summary>
    public IReadOnlyDictionary<string, SourceLocation> ValueLocations { get; init; } = new Dictionary<string, SourceLocation>();

    /// <summary>The same specification, with another model of the project as its base.</summary>
    /// <param name="item">The model's name; <see langword="null"/> changes nothing.</param>
    internal ModelSpec BasedOn(string? item) => item is null
        ? this
        : this with { Values = Values.ToDictionary(pair => pair.Key, pair => IsBaseModel(pair.Key) ? BaseModelFolder.ItemPrefix + item : pair.Value) };

    /// <summary>What the user wrote as <c>BaseModel</c>, under whatever name; <see langword="null"/> for nothing.</summary>
    internal string? BaseModel => Values.FirstOrDefault(pair => IsBaseModel(pair.Key)).Value;

    /// <summary>Whether a name means <c>BaseModel</c>.</summary>
    internal static bool IsBaseModel(string name) => PlanOptions.Find(name)?.MetadataName == nameof(TrainingPlan.BaseModel);

    /// <summary>Understands, checks and completes the specification.</summary>
    /// <param name="report">Is told about warnings and remarks.</param>
    /// <exception cref="FineTuneException">Carries every mistake in the specification.</exception>
    public TrainingPlan Resolve(Action<Diagnostic>? report = null) => new SpecificationReader(this, report ?? (_ => { })).Read();

    /// <summary>Reads a specification from a JSON file with the JSON keys of the options and, optionally, <c>name</c>; lists are arrays or texts with <c>;</c>.</summary>
    /// <exception cref="FineTuneException">FT0006, FT0003 or FT0009, with line and column.</exception>
    public static ModelSpec FromJsonFile(string path) => SpecificationFile.Read(path);
}
