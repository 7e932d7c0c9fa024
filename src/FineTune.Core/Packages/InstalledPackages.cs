using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Specification;
using NuGet.Versioning;

namespace FineTune.Core.Packages;

/// <summary>The packages that NuGet has put onto this machine: those that a project's restore chose, and all that lie in packages folders.</summary>
/// <param name="assetsFile">The <c>project.assets.json</c> in which a restore wrote down what it chose; there may be none.</param>
/// <param name="folders">The packages folders, the first one first.</param>
/// <param name="buildDirectory">The folder for what a build derives, in which it remembers what it restored itself; <see langword="null"/> for none.</param>
internal sealed class InstalledPackages(string? assetsFile, IReadOnlyList<string> folders, string? buildDirectory = null)
{
    // NuGet writes it when all other files of a package are there.
    private const string CompletionMark = ".nupkg.metadata";

    private const string AssetsFile = "project.assets.json";
    private const string BuildFolder = "base-packages";
    private const int RangeHashDigits = 8;

    private readonly Lazy<IReadOnlyList<InstalledPackage>> chosen = new(() => ReadAssets(assetsFile));

    /// <summary>The packages folders, the first one first.</summary>
    public IReadOnlyList<string> Folders => folders;

    /// <summary>Where a build restores a package that the project's restore could not bring along. For another range there is another folder.</summary>
    public static string BuildRestore(string buildDirectory, BaseModelPackage package)
        => Path.Combine(buildDirectory, BuildFolder, $"{package.Id.ToLowerInvariant()}-{ContentHash.OfText(package.Range.OriginalString!).Substring(0, RangeHashDigits)}");

    /// <summary>
    /// The package that the project's restore chose; the one version that will do, if a packages folder has it; what a build restored. <see langword="null"/> for none of them.
    /// </summary>
    /// <exception cref="FineTuneException">FT2004: the restore chose a version that will not do; FT2002: the list of what it chose cannot be read.</exception>
    public InstalledPackage? Find(BaseModelPackage package)
    {
        if (FindAmong(chosen.Value, package) is { } found)
        {
            return found;
        }

        if (package.IsExact && FindIn(package.Id, package.Range.MinVersion!) is { } exact)
        {
            return exact;
        }

        if (chosen.Value.FirstOrDefault(other => IsOf(package, other)) is { } unfit)
        {
            throw SpecificationDiagnostics.OtherPackageVersion.Exception($"The project was restored with {unfit}, but this model asks for {package}. Restore it again ('dotnet restore'). A project has one version of a package: if other models start from {unfit.Id}, or the project refers to it, the ranges have to go together.");
        }

        return buildDirectory is null ? null : FindAmong(ReadAssets(Path.Combine(BuildRestore(buildDirectory, package), AssetsFile)), package);
    }

    /// <summary>Of the versions in the packages folders the one that NuGet would take if there were no others: the newest for a range with <c>*</c> or none, else the lowest.</summary>
    public InstalledPackage? FindBest(BaseModelPackage package)
    {
        var versions = folders.Select(folder => Path.Combine(folder, package.Id.ToLowerInvariant())).Where(Directory.Exists).SelectMany(Directory.GetDirectories)
            .Select(folder => NuGetVersion.TryParse(Path.GetFileName(folder), out var version) ? version : null).OfType<NuGetVersion>()
            .Where(version => FindIn(package.Id, version) is not null);
        return package.Range.FindBestMatch(versions) is { } best ? FindIn(package.Id, best) : null;
    }

    private InstalledPackage? FindIn(string id, NuGetVersion version)
        => folders.Select(folder => Path.Combine(folder, id.ToLowerInvariant(), version.ToNormalizedString().ToLowerInvariant())).FirstOrDefault(IsComplete) is { } directory
            ? new InstalledPackage(id, version, directory)
            : null;

    /// <summary>A project for several frameworks may have a version for each; the newest counts.</summary>
    private static InstalledPackage? FindAmong(IReadOnlyList<InstalledPackage> packages, BaseModelPackage package)
        => packages.Where(other => IsOf(package, other) && package.Range.Satisfies(other.Version)).OrderByDescending(other => other.Version).FirstOrDefault();

    private static bool IsOf(BaseModelPackage package, InstalledPackage other) => string.Equals(other.Id, package.Id, StringComparison.OrdinalIgnoreCase);

    private static bool IsComplete(string directory) => File.Exists(Path.Combine(directory, CompletionMark));

    private static IReadOnlyList<InstalledPackage> ReadAssets(string? path)
    {
        if (string.IsNullOrEmpty(path) || !File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path!));
            var roots = document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
            return [.. document.RootElement.GetProperty("libraries").EnumerateObject().Select(library => ReadLibrary(library, roots)).OfType<InstalledPackage>()];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw SpecificationDiagnostics.NoPackage.Exception($"'{path}', in which NuGet lists what it restored, cannot be read: {exception.Message} Restore the project again.", innerException: exception);
        }
    }

    /// <summary>Reads <c>"Id/version": { "type": "package", "path": "id/version" }</c>; <see langword="null"/> for a project, and for a package whose files are gone.</summary>
    private static InstalledPackage? ReadLibrary(JsonProperty library, List<string> roots)
        => library.Value.GetProperty("type").GetString() == "package"
            && library.Name.Split('/') is [var id, var text]
            && NuGetVersion.TryParse(text, out var version)
            && roots.Select(root => Path.Combine(root, library.Value.GetProperty("path").GetString()!)).FirstOrDefault(IsComplete) is { } directory
            ? new InstalledPackage(id, version, directory)
            : null;
}
