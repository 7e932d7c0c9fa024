using System.Text.RegularExpressions;
using FineTune.Core.Diagnostics;
using NuGet.Versioning;

namespace FineTune.Core.Specification;

/// <summary>A base model in a NuGet package, as <c>package:Id</c> or <c>package:Id/range</c> names it.</summary>
/// <param name="Id">The package's id; upper and lower case make no difference.</param>
/// <param name="Range">The versions that will do, in NuGet's notation. Without one in the name, the newest that is no prerelease.</param>
internal sealed record BaseModelPackage(string Id, VersionRange Range)
{
    /// <summary>What a package's name starts with.</summary>
    public const string Prefix = "package:";

    private const string Newest = "*";
    private const int MostIdCharacters = 100;

    // As in NuGet's own PackageIdValidator; build/FineTune.Build.targets uses the same.
    private static readonly Regex IdForm = new(@"^\w+([.-]\w+)*$", RegexOptions.CultureInvariant);

    /// <summary>Whether only one version will do, so that nobody has to be asked which ones there are.</summary>
    public bool IsExact => Range is { IsFloating: false, IsMinInclusive: true, IsMaxInclusive: true } && Range.MinVersion == Range.MaxVersion;

    /// <summary>Whether the newest version is meant, whichever that is.</summary>
    public bool TakesNewest => Range.OriginalString == Newest;

    /// <summary>Whether a <c>BaseModel</c> names a package, well or badly.</summary>
    public static bool IsNamedBy(string? baseModel) => baseModel?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads the name of a package.</summary>
    /// <param name="baseModel">What the user wrote.</param>
    /// <param name="location">Where that stands.</param>
    /// <exception cref="FineTuneException">FT0003: the id or the range is malformed.</exception>
    public static BaseModelPackage Parse(string baseModel, SourceLocation? location = null)
    {
        var name = baseModel.Substring(Prefix.Length).Trim();
        var slash = name.IndexOf('/');
        var (id, range) = slash < 0 ? (name, Newest) : (name.Substring(0, slash), name.Substring(slash + 1).Trim());
        if (id.Length > MostIdCharacters || !IdForm.IsMatch(id))
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"BaseModel: '{id}' is not the id of a NuGet package. Write package:Id, or package:Id/range, such as package:Contoso.Models.Reviews/[1.2,2.0).", location);
        }

        return VersionRange.TryParse(range, allowFloating: true, out var versions) && HoldsVersions(versions)
            ? new BaseModelPackage(id, versions)
            : throw SpecificationDiagnostics.MalformedValue.Exception($"BaseModel: '{range}' is not a range of versions. Write it as NuGet does: 1.2 (this or a later one), [1.2] (this one), [1.2,2.0), 1.* (the newest of these); without a range the newest is meant.", location);
    }

    /// <summary>The package and the range, for messages.</summary>
    public override string ToString() => TakesNewest ? Id : $"{Id} {Range.OriginalString}";

    private static bool HoldsVersions(VersionRange range)
        => !range.HasLowerAndUpperBounds || range.MinVersion < range.MaxVersion || (range.MinVersion == range.MaxVersion && range.IsMinInclusive && range.IsMaxInclusive);
}
