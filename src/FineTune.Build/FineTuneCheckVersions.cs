using FineTune.Build.Logging;
using FineTune.Build.Versions;
using FineTune.Core.Diagnostics;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace FineTune.Build;

/// <summary>Fails when the project's FineTune.Runtime is of a version that the generated code cannot be compiled with.</summary>
[MSBuildMultiThreadableTask]
public sealed class FineTuneCheckVersions : Task
{
    /// <summary>The version of this package.</summary>
    [Required]
    public string BuildVersion { get; set; } = string.Empty;

    /// <summary>The version of FineTune.Runtime that NuGet chose.</summary>
    [Required]
    public string RuntimeVersion { get; set; } = string.Empty;

    /// <summary>The project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (RuntimeVersions.Mistake(BuildVersion, RuntimeVersion) is { } mistake)
        {
            Log.LogDiagnostic(new Diagnostic("FT6111", DiagnosticSeverity.Error, mistake), new SourceLocation(ProjectFile));
        }

        return !Log.HasLoggedErrors;
    }
}
