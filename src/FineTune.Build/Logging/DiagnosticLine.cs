using System.Globalization;
using FineTune.Core.Diagnostics;

namespace FineTune.Build.Logging;

/// <summary>A diagnostic as one line of text, which a new process reads faster than JSON.</summary>
internal static class DiagnosticLine
{
    private const char Separator = '\t';

    /// <summary>Writes a diagnostic; a message has no line breaks.</summary>
    public static string Write(Diagnostic diagnostic) => string.Join(
        Separator.ToString(),
        diagnostic.Code,
        ((int)diagnostic.Severity).ToString(CultureInfo.InvariantCulture),
        diagnostic.Location?.File.Replace(Separator, ' ') ?? string.Empty,
        (diagnostic.Location?.Line ?? 0).ToString(CultureInfo.InvariantCulture),
        (diagnostic.Location?.Column ?? 0).ToString(CultureInfo.InvariantCulture),
        diagnostic.Message.Replace('\r', ' ').Replace('\n', ' '));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Diagnostic Read(string line)
    {
        var parts = line.Split([Separator], 6);
        var location = parts[2].Length == 0 ? null : new SourceLocation(parts[2], int.Parse(parts[3], CultureInfo.InvariantCulture), int.Parse(parts[4], CultureInfo.InvariantCulture));
        return new Diagnostic(parts[0], (DiagnosticSeverity)int.Parse(parts[1], CultureInfo.InvariantCulture), parts[5], location);
    }
}
