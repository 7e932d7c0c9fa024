namespace FineTune.Core.Diagnostics;

/// <summary>The verdict on a trained model; build and command line report these.</summary>
internal static class GateDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT5001", DiagnosticSeverity.Error, "A required metric is not met"),
        new("FT5002", DiagnosticSeverity.Warning, "A wished metric is not met"),
    ];
}
