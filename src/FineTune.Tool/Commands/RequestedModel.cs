using FineTune.Core.Packages;
using FineTune.Core.Specification;

namespace FineTune.Tool.Commands;

/// <summary>A model that a command is asked about.</summary>
/// <param name="Spec">What the user wrote.</param>
/// <param name="SourceFile">The project or specification that has the model, or the current folder for one that stands on the command line.</param>
/// <param name="CacheDirectory">The store that the project names, relative to it; <see langword="null"/> when it names none.</param>
internal sealed record RequestedModel(ModelSpec Spec, string SourceFile, string? CacheDirectory = null)
{
    /// <summary>All models of the project, of which one may start from another.</summary>
    public IReadOnlyList<ModelSpec> Siblings { get; init; } = [];

    /// <summary>Finds the packages that base models may be in: those of the project, else those of the user.</summary>
    public Func<InstalledPackages> Packages { get; init; } = () => UserPackages.Of(Spec.BaseDirectory);

    /// <summary>The project whose restore brings these packages; <see langword="null"/> for none.</summary>
    public string? RestoredProject { get; init; }
}
