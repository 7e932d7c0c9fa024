using FineTune.Core.Diagnostics;
using FineTune.Core.Packages;
using FineTune.Core.Specification;

namespace FineTune.Build.Packages;

/// <summary>Finds the packages that models start from.</summary>
/// <param name="projectFile">The user's project.</param>
/// <param name="assetsFile">What the project's restore wrote down.</param>
/// <param name="packageFolders">The packages folders.</param>
/// <param name="restoreProject">A project that restores a package that the project's own restore could not bring along; empty where it could.</param>
/// <param name="intermediateDirectory">The folder for what the build derives.</param>
/// <param name="restore">Runs NuGet.</param>
internal sealed class BasePackages(string projectFile, string? assetsFile, IReadOnlyList<string> packageFolders, string? restoreProject, string intermediateDirectory, PackageRestore restore)
{
    private readonly InstalledPackages installed = new(assetsFile, packageFolders, intermediateDirectory);

    /// <summary>What a model starts from. What was restored once is not looked for again, so that a build without changes asks no package source.</summary>
    /// <exception cref="FineTuneException">FT2002: the package is not there; FT2003: it holds no model; FT2004: it is there in another version.</exception>
    public BaseModelSource Find(BaseModelPackage package)
    {
        var found = installed.Find(package) ?? (string.IsNullOrEmpty(restoreProject)
            ? throw SpecificationDiagnostics.NoPackage.Exception($"The package {package} was not restored. Run 'dotnet restore \"{projectFile}\"', or build without --no-restore.")
            : Restore(package));
        return new BaseModelSource(found.FindModel(), Package: found);
    }

    private InstalledPackage Restore(BaseModelPackage package)
    {
        var properties = new Dictionary<string, string> { ["BaseModelPackageId"] = package.Id, ["BaseModelPackageVersion"] = package.Range.OriginalString! };
        return (restore.Run(restoreProject!, InstalledPackages.BuildRestore(intermediateDirectory, package), properties) ? installed.Find(package) : null)
            ?? throw SpecificationDiagnostics.NoPackage.Exception($"The package {package} could not be restored. Check that a package source of the project has it ('dotnet nuget list source').");
    }
}
