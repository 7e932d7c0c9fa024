using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Packages;
using FineTune.Core.Specification;
using FineTune.Tool.Setup;

namespace FineTune.Tool.Commands;

/// <summary>Asks MSBuild for a project's <c>FineTuneModel</c> items, as its build sees them, without building.</summary>
internal static class ProjectItems
{
    private const string CacheDirectory = "FineTuneCacheDirectory";
    private const string AssetsFile = "ProjectAssetsFile";
    private const string BuildDirectory = "FineTuneIntermediateDirectory";
    private const string IsSdkStyle = "_FineTuneIsSdkStyle";
    private static readonly string[] PackageRoots = ["NuGetPackageRoot", "NuGetPackageFolders"];
    private static readonly string[] Properties = [CacheDirectory, AssetsFile, BuildDirectory, IsSdkStyle, .. PackageRoots];

    /// <summary>What MSBuild itself knows of every item; none of it was written by the user.</summary>
    private static readonly HashSet<string> WellKnownMetadata = new(StringComparer.OrdinalIgnoreCase)
    {
        "Identity", "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir", "ModifiedTime", "CreatedTime",
        "AccessedTime", "DefiningProjectFullPath", "DefiningProjectDirectory", "DefiningProjectName", "DefiningProjectExtension",
    };

    /// <exception cref="FineTuneException">FT3054: MSBuild cannot read the project; FT3055: it has no such item, or several and none is chosen.</exception>
    public static RequestedModel Read(string project, string? name)
    {
        var models = ReadAll(project, name);
        return models is [var only]
            ? only
            : throw new FineTuneException("FT3055", $"'{project}' has several FineTuneModel items: {string.Join(", ", models.Select(model => model.Spec.Name))}. Choose one with --model.");
    }

    /// <summary>The item <paramref name="name"/>, or all items when it is <see langword="null"/>; never none.</summary>
    /// <exception cref="FineTuneException">FT3054: MSBuild cannot read the project; FT3055: it has no such item.</exception>
    public static IReadOnlyList<RequestedModel> ReadAll(string project, string? name)
    {
        if (!File.Exists(project))
        {
            throw new FineTuneException("FT3054", $"There is no project file '{project}'.");
        }

        var (exitCode, output, error) = DotnetHost.Run(Path.GetDirectoryName(project)!, ["msbuild", project, "-getItem:FineTuneModel", $"-getProperty:{string.Join(',', Properties)}", "-nologo"]);
        if (exitCode != 0)
        {
            throw new FineTuneException("FT3054", $"MSBuild cannot read '{project}': {FirstLine(output, error)} See that 'dotnet build' gets past restoring it.");
        }

        var document = JsonNode.Parse(output);
        var items = document?["Items"]?["FineTuneModel"] as JsonArray ?? [];
        var properties = document?["Properties"];
        InstalledPackages Packages() => new(Text(properties, AssetsFile), PackageFolders(properties, project), Text(properties, BuildDirectory));
        var restoredProject = Text(properties, IsSdkStyle) == "true" ? project : null;
        ModelSpec[] all = [.. items.OfType<JsonObject>().Select(item => ToSpec(item, project))];
        return [.. Choose(all, project, name).Select(spec => new RequestedModel(spec, project, Text(properties, CacheDirectory)) { Siblings = all, Packages = Packages, RestoredProject = restoredProject })];
    }

    private static List<ModelSpec> Choose(ModelSpec[] all, string project, string? name)
    {
        var matches = all.Where(spec => name is null || string.Equals(spec.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
        return matches switch
        {
            _ when all is [] => throw new FineTuneException("FT3055", $"'{project}' has no FineTuneModel item. Add one, or give the options on the command line."),
            [] => throw new FineTuneException("FT3055", $"'{project}' has no FineTuneModel item '{name}'; it has {string.Join(", ", all.Select(spec => spec.Name))}."),
            _ => matches,
        };
    }

    private static ModelSpec ToSpec(JsonObject item, string project) => new()
    {
        Name = (string)item["Identity"]!,
        BaseDirectory = Path.GetDirectoryName(project)!,
        Origin = new SourceLocation(item["DefiningProjectFullPath"] is { } file ? (string)file! : project),
        Values = item
            .Where(pair => !WellKnownMetadata.Contains(pair.Key) && (string?)pair.Value is { Length: > 0 })
            .ToDictionary(pair => pair.Key, pair => (string)pair.Value!),
    };

    /// <summary>The packages folders of the project, which it knows when it was restored; else those of the user.</summary>
    private static IReadOnlyList<string> PackageFolders(JsonNode? properties, string project)
        => PackageRoots.SelectMany(name => (Text(properties, name) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct().ToList() is { Count: > 0 } folders
            ? folders
            : UserPackages.Folders(Path.GetDirectoryName(project)!);

    private static string? Text(JsonNode? properties, string name) => (string?)properties?[name] is { Length: > 0 } text ? text : null;

    private static string FirstLine(string output, string error)
        => (error + "\n" + output).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it says nothing.";
}
