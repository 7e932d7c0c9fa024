namespace FineTune.Core.Diagnostics;

/// <summary>What can go wrong between the store and an app: model files in an app, and the build around them.</summary>
internal static class PackagingDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT6050", DiagnosticSeverity.Error, "The model has another format version"),
        new("FT6051", DiagnosticSeverity.Error, "A file of the model has changed"),
        new("FT6052", DiagnosticSeverity.Error, "A file of the model is missing"),
        new("FT6053", DiagnosticSeverity.Error, "This is not a model package"),
        new("FT6054", DiagnosticSeverity.Error, "There is no model at that path"),
        new("FT6055", DiagnosticSeverity.Error, "The resource does not exist"),
        new("FT6056", DiagnosticSeverity.Error, "The manifest cannot be used"),
        new("FT6057", DiagnosticSeverity.Error, "The graph cannot be used"),
        new("FT6058", DiagnosticSeverity.Error, "The enum does not belong to the model"),
        new("FT6059", DiagnosticSeverity.Error, "The model is too large for one block of memory"),
        new("FT6060", DiagnosticSeverity.Error, "ONNX Runtime cannot be loaded"),
        new("FT6061", DiagnosticSeverity.Error, "A prediction stopped"),
        new("FT6065", DiagnosticSeverity.Error, "The model is trained for another task"),
        new("FT6066", DiagnosticSeverity.Error, "The model reads pairs of texts, or single ones"),
        new("FT6100", DiagnosticSeverity.Error, "FineTuneMode is unknown"),
        new("FT6101", DiagnosticSeverity.Error, "The model is not in the store, and the build may not train"),
        new("FT6102", DiagnosticSeverity.Error, "Fine-tuning is switched off, and there is no earlier model"),
        new("FT6103", DiagnosticSeverity.Error, "Two models have the same name"),
        new("FT6104", DiagnosticSeverity.Error, "The trained model is not in the store"),
        new("FT6105", DiagnosticSeverity.Error, "A file could not be read or written"),
        new("FT6106", DiagnosticSeverity.Error, "The model is not the one that the inputs describe"),
        new("FT6107", DiagnosticSeverity.Error, "The model does not measure what was recorded"),
        new("FT6108", DiagnosticSeverity.Error, "The model that this one starts from was not made"),
        new("FT6110", DiagnosticSeverity.Error, "The model is too large for an assembly"),
        new("FT6111", DiagnosticSeverity.Error, "The versions of the packages do not go together"),
    ];
}
