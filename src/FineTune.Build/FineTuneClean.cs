using System.Globalization;
using FineTune.Build.Logging;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace FineTune.Build;

/// <summary>Removes from the store what a project made and no other project uses.</summary>
[MSBuildMultiThreadableTask]
public sealed class FineTuneClean : Task
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>The project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Root of the model store; empty for the user's cache folder.</summary>
    public string? CacheDirectory { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var store = ModelStore.Locate(CacheDirectory, Path.GetDirectoryName(ProjectFile)!);
        try
        {
            var (removed, shared, inUse) = ProjectEntries.Remove(store, ProjectFile);
            var kept = (shared > 0 ? $"; {shared} stay for other projects" : "") + (inUse > 0 ? $"; {inUse} stay because they are in use" : "");
            Log.LogMessage(MessageImportance.High, string.Format(CultureInfo.InvariantCulture, "Removed {0} entries ({1:0.#} MB) from {2}{3}", removed.Count, removed.Sum(folder => folder.Bytes) / BytesPerMegabyte, store, kept));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(StoreDiagnostics.StoreNotWritable.With($"The model store '{store}' cannot be written: {exception.Message}"), new SourceLocation(ProjectFile));
        }

        return !Log.HasLoggedErrors;
    }
}
