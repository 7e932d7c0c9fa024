namespace FineTune.Core.Diagnostics;

/// <summary>What can be missing on a machine; engine, command line and build report these.</summary>
internal static class MachineDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT3001", DiagnosticSeverity.Error, "Libtorch is not on this machine"),
        new("FT3002", DiagnosticSeverity.Error, "A native library does not load"),
        new("FT3003", DiagnosticSeverity.Error, "Libtorch has another release"),
        new("FT3004", DiagnosticSeverity.Error, "Two copies of libtorch"),
        new("FT3005", DiagnosticSeverity.Error, "The compatibility copy cannot be written"),
        new("FT3006", DiagnosticSeverity.Error, "The device is not usable"),
        new("FT3050", DiagnosticSeverity.Error, "A file or folder cannot be read or written"),
        new("FT3051", DiagnosticSeverity.Error, "Not enough memory"),
        new("FT3053", DiagnosticSeverity.Error, "Cancelled"),
        new("FT3054", DiagnosticSeverity.Error, "MSBuild cannot read the project"),
        new("FT3055", DiagnosticSeverity.Error, "The project has no such model"),
        new("FT3056", DiagnosticSeverity.Error, "The .NET SDK cannot be started"),
        new("FT3057", DiagnosticSeverity.Error, "The output folder holds something else"),
        new("FT3058", DiagnosticSeverity.Error, "Libtorch was not restored"),
        new("FT3080", DiagnosticSeverity.Error, "The worker ended without a result"),
        new("FT3081", DiagnosticSeverity.Error, "The worker is missing"),
        new("FT3082", DiagnosticSeverity.Error, "Libtorch could not be restored"),
        new("FT3099", DiagnosticSeverity.Error, "An unexpected error"),
    ];
}
