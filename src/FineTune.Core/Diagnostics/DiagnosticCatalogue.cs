namespace FineTune.Core.Diagnostics;

/// <summary>
/// Every code that can be reported. One class per area lists its own; a new area is one more class and one more line here.
/// docs/diagnostics.md explains each code.
/// </summary>
public static class DiagnosticCatalogue
{
    /// <summary>All descriptors, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
        new[]
        {
            SpecificationDiagnostics.All,
            DataDiagnostics.All,
            BaseModelDiagnostics.All,
            MachineDiagnostics.All,
            TrainingDiagnostics.All,
            GateDiagnostics.All,
            StoreDiagnostics.All,
            PackagingDiagnostics.All,
        }
        .SelectMany(area => area)
        .OrderBy(descriptor => descriptor.Code, StringComparer.Ordinal)
        .ToArray();

    /// <summary>The descriptor of a code, or <see langword="null"/> when there is no such code.</summary>
    public static DiagnosticDescriptor? Find(string code) =>
        All.FirstOrDefault(descriptor => string.Equals(descriptor.Code, code, StringComparison.OrdinalIgnoreCase));
}
