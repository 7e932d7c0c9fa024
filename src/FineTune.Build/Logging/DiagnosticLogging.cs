using FineTune.Core.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace FineTune.Build.Logging;

/// <summary>Turns diagnostics into MSBuild's canonical errors, warnings and messages.</summary>
internal static class DiagnosticLogging
{
    /// <summary>Logs <paramref name="diagnostic"/> with code, place and help link; without a place of its own at <paramref name="fallback"/>.</summary>
    public static void LogDiagnostic(this TaskLoggingHelper log, Diagnostic diagnostic, SourceLocation fallback)
    {
        var place = diagnostic.Location ?? fallback;
        switch (diagnostic.Severity)
        {
            case DiagnosticSeverity.Error:
                log.LogError(null, diagnostic.Code, null, diagnostic.HelpLink, place.File, place.Line, place.Column, 0, 0, diagnostic.Message);
                break;
            case DiagnosticSeverity.Warning:
                log.LogWarning(null, diagnostic.Code, null, diagnostic.HelpLink, place.File, place.Line, place.Column, 0, 0, diagnostic.Message);
                break;
            default:
                log.LogMessage(null, diagnostic.Code, null, place.File, place.Line, place.Column, 0, 0, ImportanceOf(diagnostic), diagnostic.Message);
                break;
        }
    }

    /// <summary>A build that stands still says why, also where remarks are not shown.</summary>
    private static MessageImportance ImportanceOf(Diagnostic diagnostic) => diagnostic.Code is "FT6007" or "FT6008" ? MessageImportance.High : MessageImportance.Normal;
}
