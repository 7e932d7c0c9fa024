namespace FineTune.Core.Diagnostics;

/// <summary>How serious a <see cref="Diagnostic"/> is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information,

    /// <summary>The run goes on, but its result may not be what was meant.</summary>
    Warning,

    /// <summary>The run ends without a result.</summary>
    Error,
}
