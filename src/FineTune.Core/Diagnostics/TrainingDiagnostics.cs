namespace FineTune.Core.Diagnostics;

/// <summary>What can go wrong while a model is trained or exported.</summary>
internal static class TrainingDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT4001", DiagnosticSeverity.Error, "Training diverged"),
        new("FT4002", DiagnosticSeverity.Error, "No such metric"),
        new("FT4003", DiagnosticSeverity.Error, "A training step does not fit into the memory"),
        new("FT4010", DiagnosticSeverity.Warning, "The model learned the training rows by heart"),
        new("FT4011", DiagnosticSeverity.Warning, "The gradients vanish"),
        new("FT4012", DiagnosticSeverity.Warning, "The gradients explode"),
        new("FT4013", DiagnosticSeverity.Warning, "The model learned nothing"),
        new("FT4014", DiagnosticSeverity.Warning, "The learning rate is too high"),
        new("FT4015", DiagnosticSeverity.Warning, "A label is never answered"),
        new("FT4016", DiagnosticSeverity.Warning, "Labels are probably wrong"),
        new("FT4017", DiagnosticSeverity.Warning, "The training takes long"),
        new("FT4018", DiagnosticSeverity.Warning, "A checkpoint is damaged"),
        new("FT4019", DiagnosticSeverity.Information, "An interrupted training goes on"),
        new("FT4020", DiagnosticSeverity.Warning, "No checkpoint can be saved"),
        new("FT4030", DiagnosticSeverity.Information, "What the frozen layers compute is too large to be kept"),
        new("FT4031", DiagnosticSeverity.Warning, "What the frozen layers compute cannot be kept"),
        new("FT4032", DiagnosticSeverity.Error, "The limit of hidden states is no number"),
        new("FT4033", DiagnosticSeverity.Information, "Layers are computed again to save memory"),
        new("FT4050", DiagnosticSeverity.Error, "The exported model does not compute what was trained"),
        new("FT4051", DiagnosticSeverity.Error, "A weight for the export is missing or has another shape"),
        new("FT4053", DiagnosticSeverity.Error, "The model is too large for one ONNX file"),
    ];
}
