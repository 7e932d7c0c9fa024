namespace FineTune.Core.Diagnostics;

/// <summary>What can be wrong with base models, weight files and tokenizers; engine and runtime report these.</summary>
internal static class BaseModelDiagnostics
{
    public static readonly DiagnosticDescriptor UnreadableWeightIndex = new("FT2029", DiagnosticSeverity.Error, "The index of the weights cannot be read");
    public static readonly DiagnosticDescriptor MissingWeightFile = new("FT2030", DiagnosticSeverity.Error, "A weight file that the index names is missing");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT2005", DiagnosticSeverity.Error, "NuGet's configuration cannot be read"),
        new("FT2020", DiagnosticSeverity.Error, "The base model's configuration cannot be read"),
        new("FT2021", DiagnosticSeverity.Error, "A key of the configuration is missing or impossible"),
        new("FT2022", DiagnosticSeverity.Error, "The base model's architecture is not supported"),
        new("FT2023", DiagnosticSeverity.Error, "Weights of the base model are missing"),
        new("FT2024", DiagnosticSeverity.Error, "Weights of the base model have another shape"),
        new("FT2025", DiagnosticSeverity.Warning, "Weights of the base model are not used"),
        new("FT2026", DiagnosticSeverity.Information, "A part of the base model was made anew"),
        new("FT2027", DiagnosticSeverity.Error, "The base model has no weights that can be read"),
        new("FT2028", DiagnosticSeverity.Error, "Tokenizer and model do not belong together"),
        UnreadableWeightIndex,
        MissingWeightFile,
        new("FT2031", DiagnosticSeverity.Error, "The index of the weights does not fit its files"),
        new("FT2032", DiagnosticSeverity.Error, "The PyTorch file is of a form that is not supported"),
        new("FT2033", DiagnosticSeverity.Error, "The PyTorch file asks for more than weights need"),
        new("FT2034", DiagnosticSeverity.Error, "The PyTorch file is damaged"),
        new("FT2035", DiagnosticSeverity.Error, "A weight of a PyTorch file does not fit its data"),
        new("FT2040", DiagnosticSeverity.Error, "The weights cannot be opened"),
        new("FT2041", DiagnosticSeverity.Error, "The header of a safetensors file is no valid JSON object"),
        new("FT2042", DiagnosticSeverity.Error, "An entry in the header of a safetensors file is malformed"),
        new("FT2043", DiagnosticSeverity.Error, "The header of a safetensors file does not fit its data"),
        new("FT2044", DiagnosticSeverity.Error, "A weight is missing"),
        new("FT2045", DiagnosticSeverity.Error, "A weight does not hold floats"),
        new("FT2050", DiagnosticSeverity.Error, "The folder has no tokenizer"),
        new("FT2051", DiagnosticSeverity.Error, "The tokenizer is not supported"),
        new("FT2052", DiagnosticSeverity.Error, "The vocabulary is damaged"),
        new("FT2053", DiagnosticSeverity.Error, "A special token is missing"),
        new("FT2054", DiagnosticSeverity.Error, "A tokenizer file cannot be read"),
        new("FT2055", DiagnosticSeverity.Error, "A part of the tokenizer is not supported"),
        new("FT2056", DiagnosticSeverity.Error, "A regular expression of the tokenizer is not supported"),
        new("FT2057", DiagnosticSeverity.Error, "The tokenizer took too long to split a text"),
    ];
}
