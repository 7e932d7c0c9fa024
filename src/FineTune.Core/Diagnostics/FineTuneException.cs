namespace FineTune.Core.Diagnostics;

/// <summary>Ends an operation because of something the user can mend; carries one or more errors with their codes and places.</summary>
public sealed class FineTuneException : Exception
{
    /// <summary>Creates the exception for one error.</summary>
    public FineTuneException(string code, string message, SourceLocation? location = null, Exception? innerException = null)
        : this([new Diagnostic(code, DiagnosticSeverity.Error, message, location)], innerException)
    {
    }

    /// <summary>Creates the exception for several errors that were found together.</summary>
    /// <exception cref="ArgumentException"><paramref name="diagnostics"/> is empty.</exception>
    public FineTuneException(IReadOnlyList<Diagnostic> diagnostics, Exception? innerException = null)
        : base(diagnostics.Count == 0 ? throw new ArgumentException("At least one diagnostic is needed.", nameof(diagnostics)) : diagnostics[0].ToString(), innerException)
        => Diagnostics = diagnostics;

    /// <summary>The errors, in the order in which they were found; never empty.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>The code of the first error.</summary>
    public string Code => Diagnostics[0].Code;
}
