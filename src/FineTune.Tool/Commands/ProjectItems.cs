using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Tool.Setup;

namespace FineTune.Tool.Commands;

/// <summary>Asks MSBuild for a project's <c>FineTuneModel</c> items, as its build sees them, without building.</summary>
internal static class ProjectItems
{
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

        var (exitCode, output, error) = DotnetHost.Run(Path.GetDirectoryName(project)!, ["msbuild", project, "-getItem:FineTuneModel", "-getProperty:FineTuneCacheDirectory", "-nologo"]);
        if (exitCode != 0)
        {
            throw new FineTuneException("FT3054", $"MSBuild cannot read '{project}': {FirstLine(output, error)} See that 'dotnet build' gets past restoring it.");
        }

        var document = JsonNode.Parse(output);
        var items = document?["Items"]?["FineTuneModel"] as JsonArray ?? [];
        var cacheDirectory = (string?)document?["Properties"]?["FineTuneCacheDirectory"] is { Length: > 0 } directory ? directory : null;
        return [.. Choose(items, project, name).Select(item => new RequestedModel(ToSpec(item, project), project, cacheDirectory))];
    }

    private static List<JsonObject> Choose(JsonArray items, string project, string? name)
    {
        var named = items.OfType<JsonObject>().Select(item => (Name: (string)item["Identity"]!, Item: item)).ToList();
        var matches = named.Where(item => name is null || string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase)).Select(item => item.Item).ToList();
        return matches switch
        {
            _ when named is [] => throw new FineTuneException("FT3055", $"'{project}' has no FineTuneModel item. Add one, or give the options on the command line."),
            [] => throw new FineTuneException("FT3055", $"'{project}' has no FineTuneModel item '{name}'; it has {string.Join(", ", named.Select(item => item.Name))}."),
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

    private static string FirstLine(string output, string error)
        => (error + "\n" + output).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it says nothing.";
}
