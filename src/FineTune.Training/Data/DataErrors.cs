using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>Collects errors, so that a user sees many at once and not one for each run.</summary>
internal sealed class DataErrors
{
    /// <summary>After so many errors reading ends; the rest is mostly the same mistake.</summary>
    public const int Limit = 20;

    private readonly List<Diagnostic> errors = [];
    private FineTuneException? thrown;

    /// <summary>How many errors there are.</summary>
    public int Count => errors.Count;

    /// <summary>Adds an error.</summary>
    /// <exception cref="FineTuneException">It was the last one of <see cref="Limit"/>.</exception>
    public void Add(string code, string message, SourceLocation? location) => Add([new Diagnostic(code, DiagnosticSeverity.Error, message, location)]);

    /// <summary>Adds errors that were found together.</summary>
    /// <exception cref="FineTuneException"><see cref="Limit"/> is reached.</exception>
    public void Add(IReadOnlyList<Diagnostic> diagnostics)
    {
        errors.AddRange(diagnostics);
        if (errors.Count >= Limit)
        {
            ThrowIfAny();
        }
    }

    /// <summary>Ends with all errors so far, if there are any.</summary>
    /// <exception cref="FineTuneException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0)
        {
            thrown = new FineTuneException(errors.ToArray());
            throw thrown;
        }
    }

    /// <summary>Whether the exception comes from here, and so already holds all errors.</summary>
    public bool IsThrown(FineTuneException exception) => ReferenceEquals(exception, thrown);
}
