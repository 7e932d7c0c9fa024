namespace FineTune.Core.Diagnostics;

/// <summary>The verdict on a trained model; build and command line report these.</summary>
internal static class GateDiagnostics
{
    public static readonly DiagnosticDescriptor NoBaseline = new("FT5003", DiagnosticSeverity.Error, "There is no baseline to compare with");
    public static readonly DiagnosticDescriptor UnreadableBaseline = new("FT5004", DiagnosticSeverity.Error, "The baseline cannot be read");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT5001", DiagnosticSeverity.Error, "A required metric is not met"),
        new("FT5002", DiagnosticSeverity.Warning, "A wished metric is not met"),
        NoBaseline,
        UnreadableBaseline,
        new("FT5005", DiagnosticSeverity.Error, "There is no model to accept"),
    ];
}
