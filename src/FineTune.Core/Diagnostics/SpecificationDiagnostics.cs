namespace FineTune.Core.Diagnostics;

/// <summary>What can be wrong with a specification and the files that it names.</summary>
internal static class SpecificationDiagnostics
{
    public static readonly DiagnosticDescriptor MissingTrainData = new("FT0001", DiagnosticSeverity.Error, "No training data is given");
    public static readonly DiagnosticDescriptor UnknownOption = new("FT0002", DiagnosticSeverity.Error, "The option does not exist");
    public static readonly DiagnosticDescriptor MalformedValue = new("FT0003", DiagnosticSeverity.Error, "The option's value is not of its form");
    public static readonly DiagnosticDescriptor ValueOutOfRange = new("FT0004", DiagnosticSeverity.Error, "The option's value is out of range");
    public static readonly DiagnosticDescriptor ValueNotAllowed = new("FT0005", DiagnosticSeverity.Error, "The option's value is not one of those it can have");
    public static readonly DiagnosticDescriptor GivenTwice = new("FT0006", DiagnosticSeverity.Error, "The option is given twice");
    public static readonly DiagnosticDescriptor Contradiction = new("FT0007", DiagnosticSeverity.Error, "Two options contradict each other");
    public static readonly DiagnosticDescriptor InvalidName = new("FT0008", DiagnosticSeverity.Error, "The name cannot be used in code");
    public static readonly DiagnosticDescriptor UnreadableSpecification = new("FT0009", DiagnosticSeverity.Error, "The specification file cannot be read");
    public static readonly DiagnosticDescriptor AliasUsed = new("FT0010", DiagnosticSeverity.Information, "Another tool's name of an option is used");
    public static readonly DiagnosticDescriptor OptionIgnored = new("FT0011", DiagnosticSeverity.Information, "Another tool's option has no meaning here");
    public static readonly DiagnosticDescriptor MalformedGate = new("FT0012", DiagnosticSeverity.Error, "A condition cannot be understood");
    public static readonly DiagnosticDescriptor UnsupportedDataFormat = new("FT0013", DiagnosticSeverity.Error, "The data file's format is not supported");
    public static readonly DiagnosticDescriptor UnsupportedBaseModel = new("FT0014", DiagnosticSeverity.Error, "The base model's source is not supported");
    public static readonly DiagnosticDescriptor SharedDataFile = new("FT0015", DiagnosticSeverity.Warning, "A file is used for training and for measuring");
    public static readonly DiagnosticDescriptor UnreadableInput = new("FT0016", DiagnosticSeverity.Error, "An input file cannot be read");
    public static readonly DiagnosticDescriptor TooManyLayers = new("FT0017", DiagnosticSeverity.Error, "An option names more layers than the base model has");
    public static readonly DiagnosticDescriptor UnknownMetric = new("FT0018", DiagnosticSeverity.Error, "A condition names a metric that the task does not have");
    public static readonly DiagnosticDescriptor CircularBaseModels = new("FT0020", DiagnosticSeverity.Error, "Models start from each other");
    public static readonly DiagnosticDescriptor NoDataFile = new("FT1001", DiagnosticSeverity.Error, "A data file does not exist");
    public static readonly DiagnosticDescriptor NoBaseModel = new("FT2001", DiagnosticSeverity.Error, "The base model does not exist");
    public static readonly DiagnosticDescriptor NoPackage = new("FT2002", DiagnosticSeverity.Error, "The base model's package is not on this machine");
    public static readonly DiagnosticDescriptor NoModelInPackage = new("FT2003", DiagnosticSeverity.Error, "The package holds no base model, or several");
    public static readonly DiagnosticDescriptor OtherPackageVersion = new("FT2004", DiagnosticSeverity.Error, "Another version of the base model's package was restored");

    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        MissingTrainData, UnknownOption, MalformedValue, ValueOutOfRange, ValueNotAllowed, GivenTwice, Contradiction, InvalidName,
        UnreadableSpecification, AliasUsed, OptionIgnored, MalformedGate, UnsupportedDataFormat, UnsupportedBaseModel, SharedDataFile,
        UnreadableInput, TooManyLayers, UnknownMetric, CircularBaseModels, NoDataFile, NoBaseModel, NoPackage, NoModelInPackage, OtherPackageVersion,
    ];
}
