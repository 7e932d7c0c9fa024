namespace FineTune.Core.Diagnostics;

/// <summary>What can go wrong while a model is trained or exported.</summary>
internal static class TrainingDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT4001", DiagnosticSeverity.Error, "Training diverged"),
        new("FT4002", DiagnosticSeverity.Error, "No such metric"),
        new("FT4050", DiagnosticSeverity.Error, "The exported model does not compute what was trained"),
        new("FT4051", DiagnosticSeverity.Error, "A weight for the export is missing or has another shape"),
        new("FT4052", DiagnosticSeverity.Error, "An activation cannot be exported"),
        new("FT4053", DiagnosticSeverity.Error, "The model is too large for one ONNX file"),
    ];
}
