namespace FineTune.Core.Diagnostics;

/// <summary>What can be wrong with data files; the engine reports these.</summary>
internal static class DataDiagnostics
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        new("FT1002", DiagnosticSeverity.Error, "The format of a data file is unknown"),
        new("FT1003", DiagnosticSeverity.Error, "A column is missing or ambiguous"),
        new("FT1004", DiagnosticSeverity.Error, "The files have different columns"),
        new("FT1005", DiagnosticSeverity.Error, "A text is empty"),
        new("FT1006", DiagnosticSeverity.Error, "A label is empty"),
        new("FT1007", DiagnosticSeverity.Error, "A name occurs twice"),
        new("FT1008", DiagnosticSeverity.Error, "A quote is broken"),
        new("FT1009", DiagnosticSeverity.Error, "A row has too few or too many fields"),
        new("FT1010", DiagnosticSeverity.Error, "A data file is not valid UTF-8"),
        new("FT1011", DiagnosticSeverity.Error, "A data file is UTF-16"),
        new("FT1012", DiagnosticSeverity.Error, "A data file has no rows"),
        new("FT1013", DiagnosticSeverity.Error, "A data file is not valid JSON"),
        new("FT1014", DiagnosticSeverity.Error, "A JSON row is not an object"),
        new("FT1015", DiagnosticSeverity.Error, "A key is missing in a JSON row"),
        new("FT1016", DiagnosticSeverity.Error, "A JSON value has a wrong type"),
        new("FT1017", DiagnosticSeverity.Error, "There is only one class"),
        new("FT1018", DiagnosticSeverity.Error, "An unknown label in validation or test data"),
        new("FT1019", DiagnosticSeverity.Error, "A training label is not in Labels"),
        new("FT1020", DiagnosticSeverity.Warning, "Labels differ only by case or white space"),
        new("FT1021", DiagnosticSeverity.Warning, "The same text has different labels"),
        new("FT1022", DiagnosticSeverity.Warning, "The same text is in training and in judging data"),
        new("FT1023", DiagnosticSeverity.Warning, "A label has no validation rows"),
        new("FT1024", DiagnosticSeverity.Warning, "A label has no training rows"),
        new("FT1025", DiagnosticSeverity.Warning, "The header looks like a row of data"),
        new("FT1026", DiagnosticSeverity.Error, "The split leaves nothing to validate"),
        new("FT1027", DiagnosticSeverity.Error, "A data file cannot be read"),
        new("FT1030", DiagnosticSeverity.Error, "A row of synonyms has no replacement"),
        new("FT1031", DiagnosticSeverity.Error, "A row of synonyms has an empty field"),
        new("FT1032", DiagnosticSeverity.Error, "A synonym is given twice"),
        new("FT1040", DiagnosticSeverity.Error, "The model's output is not a number"),
        new("FT1090", DiagnosticSeverity.Warning, "Texts are cut"),
        new("FT1091", DiagnosticSeverity.Warning, "MaxLength is above the model's limit"),
        new("FT1095", DiagnosticSeverity.Error, "An input changed during the run"),
    ];
}
