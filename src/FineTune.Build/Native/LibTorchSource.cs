using FineTune.Build.Packages;
using FineTune.Core.Diagnostics;

namespace FineTune.Build.Native;

/// <summary>Where a training's libtorch comes from.</summary>
/// <param name="Directory">A libtorch folder that the user names; empty to take the package.</param>
/// <param name="PackageId">Id of the package for the build machine; empty where there is none.</param>
/// <param name="Version">Version of that package.</param>
/// <param name="RuntimeIdentifier">The platform of that package.</param>
/// <param name="Project">A project that downloads that package when it is restored; empty for none.</param>
internal sealed record LibTorchSource(string? Directory, string? PackageId, string? Version, string? RuntimeIdentifier, string? Project)
{
    /// <summary>The folder to name to the worker; <see langword="null"/> lets it look in the places that it knows itself.</summary>
    /// <param name="restore">Restores the package where it is missing.</param>
    /// <param name="packageFolders">The folders in which restored packages lie.</param>
    /// <param name="intermediateDirectory">The folder for what the restore writes down.</param>
    /// <param name="report">Is told of a restore before it begins.</param>
    /// <exception cref="FineTuneException">FT3082: no source of packages has it.</exception>
    public string? Find(PackageRestore restore, IReadOnlyList<string> packageFolders, string intermediateDirectory, Action<string> report)
    {
        if (!string.IsNullOrWhiteSpace(Directory))
        {
            return Directory;
        }

        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FINETUNE_LIBTORCH"))
            || string.IsNullOrEmpty(PackageId) || string.IsNullOrEmpty(Version) || string.IsNullOrEmpty(RuntimeIdentifier))
        {
            return null;
        }

        var package = new LibTorchPackage(PackageId!, Version!, RuntimeIdentifier!);
        if (package.FindIn(packageFolders) is { } found)
        {
            return found;
        }

        if (string.IsNullOrEmpty(Project))
        {
            return null;
        }

        report($"Restoring {package.Id} {package.Version}, which training needs (once per machine)");
        var isRestored = restore.Run(Project!, Path.Combine(intermediateDirectory, "libtorch"), new Dictionary<string, string> { ["LibTorchPackageId"] = package.Id, ["LibTorchVersion"] = package.Version });
        return (isRestored ? package.FindIn(packageFolders) : null)
            ?? throw new FineTuneException("FT3082", $"{package.Id} {package.Version} could not be restored. Check that a package source of the project has it, or set FineTuneLibTorchPath to a libtorch {package.Version} folder.");
    }
}
