using FineTune.Core.Diagnostics;
using FineTune.Core.Packages;
using FineTune.Core.Specification;

namespace FineTune.Tool.Commands;

/// <summary>Finds base models on this machine; nothing is downloaded.</summary>
internal static class BaseModels
{
    /// <summary>Where the tool's package has the built-in base models.</summary>
    public static string BuiltinDirectory => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>What <paramref name="baseModel"/> names: a built-in model, a package or a folder.</summary>
    /// <param name="baseModel">The name.</param>
    /// <param name="packages">Finds the packages to look among, when a package is named.</param>
    /// <param name="restoredProject">The project whose restore brings the package; <see langword="null"/> for none.</param>
    /// <exception cref="FineTuneException">FT2001, FT2002, FT2003, FT2004 or FT2005: it names nothing that is here.</exception>
    public static BaseModelSource Find(string baseModel, Func<InstalledPackages> packages, string? restoredProject)
    {
        if (!BaseModelPackage.IsNamedBy(baseModel))
        {
            return new BaseModelSource(BaseModelFolder.Resolve(baseModel, BuiltinDirectory));
        }

        var package = BaseModelPackage.Parse(baseModel);
        var installed = packages();
        var found = installed.Find(package) ?? installed.FindBest(package)
            ?? throw new FineTuneException("FT2002", $"The package {package} is not in {string.Join(", ", installed.Folders.Select(folder => $"'{folder}'"))}. Get it with: {(restoredProject is null ? Download(package, installed.Folders[0]) : $"dotnet restore \"{restoredProject}\"")}");
        return new BaseModelSource(found.FindModel(), Package: found);
    }

    /// <summary>The command that puts a package into the packages folder. It takes a version, and no range.</summary>
    private static string Download(BaseModelPackage package, string folder)
    {
        var version = package switch
        {
            { TakesNewest: true } => "",
            { Range: { IsFloating: false, IsMinInclusive: true, MinVersion: { } lowest } } => $"@{lowest.ToNormalizedString()}",
            _ => "@VERSION",
        };
        return $"dotnet package download {package.Id}{version} --output \"{folder}\"";
    }
}
