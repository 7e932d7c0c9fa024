using Microsoft.Build.Framework;

namespace FineTune.Build.Packages;

/// <summary>Has NuGet restore a project of our own, so that sources, credentials and folders are those of the user's project, and no trace of the package is in it.</summary>
/// <param name="engine">The build that this is part of.</param>
/// <param name="projectDirectory">The folder of the user's project, where NuGet looks for its configuration.</param>
/// <param name="packageFolders">The packages folders, of which the first one is written to.</param>
internal sealed class PackageRestore(IBuildEngine engine, string projectDirectory, IReadOnlyList<string> packageFolders)
{
    /// <summary>Restores a project.</summary>
    /// <param name="project">The project file.</param>
    /// <param name="directory">The folder for what the restore writes down.</param>
    /// <param name="properties">What else the project is told.</param>
    /// <returns>Whether it succeeded; if not, NuGet's errors are logged.</returns>
    public bool Run(string project, string directory, IReadOnlyDictionary<string, string> properties)
    {
        var all = new Dictionary<string, string>
        {
            // Restore and build in one MSBuild session need different global properties, or the evaluation before the restore is used again.
            ["MSBuildRestoreSessionId"] = Guid.NewGuid().ToString("D"),
            ["MSBuildProjectExtensionsPath"] = directory + Path.DirectorySeparatorChar,
            ["RestoreRootConfigDirectory"] = projectDirectory,
            ["RestorePackagesPath"] = packageFolders.Count == 0 ? string.Empty : packageFolders[0],
            ["RestoreLockedMode"] = "false",
            ["RestorePackagesWithLockFile"] = "false",
        };
        foreach (var property in properties)
        {
            all.Add(property.Key, property.Value);
        }

        return engine.BuildProjectFile(project, ["Restore"], all, new Dictionary<string, ITaskItem[]>());
    }
}
