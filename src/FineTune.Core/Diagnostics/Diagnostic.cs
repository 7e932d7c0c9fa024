namespace FineTune.Core.Diagnostics;

/// <summary>One message to the user: a code, what happened and what to do, and where.</summary>
/// <param name="Code">The code, such as <c>FT1003</c>; described in docs/diagnostics.md.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Message">What happened and what to do, in one or two sentences.</param>
/// <param name="Location">The place, where there is one.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message, SourceLocation? Location = null)
{
    /// <summary>The page that explains every code.</summary>
    public const string HelpLinkBase = "https://github.com/finetune-build/finetune-build/blob/main/docs/diagnostics.md";

    /// <summary>The link to the entry of <see cref="Code"/>.</summary>
    public string HelpLink => $"{HelpLinkBase}#{Code.ToLowerInvariant()}";

    /// <summary>The canonical one-line form, <c>file(line,column): error FT1003: message</c>.</summary>
    public override string ToString()
    {
        var severity = Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        };
        return $"{Location?.ToString() ?? "finetune"}: {severity} {Code}: {Message}";
    }
}
