namespace FineTune.Core.Diagnostics;

/// <summary>What every diagnostic of one code has in common.</summary>
/// <param name="Code">The code, such as <c>FT0002</c>; never reused for something else.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Title">What happened, in a few words, without the particulars of one case.</param>
public sealed record DiagnosticDescriptor(string Code, DiagnosticSeverity Severity, string Title)
{
    internal Diagnostic With(string message, SourceLocation? location = null) => new(Code, Severity, message, location);

    internal FineTuneException Exception(string message, SourceLocation? location = null, Exception? innerException = null) =>
        new(Code, message, location, innerException);
}
