using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using NuGet.Versioning;

namespace FineTune.Runtime.Packaging;

/// <summary>
/// The form in which a finished model travels: <c>manifest.json</c> and the files that it lists, in a folder or in one <c>.ftmodel</c> file,
/// which is a zip without compression.
/// </summary>
internal static class ModelPackage
{
    /// <summary>The file that describes the others.</summary>
    internal const string ManifestFile = "manifest.json";

    /// <summary>The graph.</summary>
    internal const string GraphFile = "model.onnx";

    // The earliest time that a zip can hold: equal content gives equal bytes.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the model of a folder as a <c>.ftmodel</c>: the manifest first, then the files that it lists by name.</summary>
    /// <param name="folderWithManifest">A folder with <c>manifest.json</c>.</param>
    /// <param name="output">Where the package is written; seekable, so that equal content gives equal bytes.</param>
    /// <exception cref="FineTuneException">FT6050 to FT6056: the folder is not a whole model.</exception>
    internal static void Write(string folderWithManifest, Stream output)
    {
        using var files = new FolderModelFiles(folderWithManifest);
        var manifest = ReadManifest(files);
        using var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, files, ManifestFile);
        foreach (var file in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            files.Verify(file.Key, file.Value);
            Add(archive, files, file.Key);
        }
    }

    /// <summary>Opens a <c>.ftmodel</c> file or a folder.</summary>
    /// <exception cref="FineTuneException">FT6053: the file is no package; FT6054: there is nothing at that path.</exception>
    internal static ModelFiles Open(string fileOrFolder)
    {
        if (Directory.Exists(fileOrFolder))
        {
            return new FolderModelFiles(fileOrFolder);
        }

        try
        {
            return new PackageModelFiles(File.OpenRead(fileOrFolder), fileOrFolder);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FineTuneException(
                "FT6054",
                $"There is no model at '{Path.GetFullPath(fileOrFolder)}'. Give the path of a .ftmodel file or of a folder with {ManifestFile}.",
                new SourceLocation(fileOrFolder),
                exception);
        }
    }

    /// <summary>Reads the manifest and checks that this version can use the model.</summary>
    /// <exception cref="FineTuneException">FT6050: another format version; FT6052: there is no manifest; FT6056: the manifest cannot be used.</exception>
    internal static ModelManifest ReadManifest(ModelFiles files)
    {
        var location = new SourceLocation(files.DisplayName);
        var json = Encoding.UTF8.GetString(files.ReadAllBytes(ManifestFile));
        CheckFormatVersion(json, location);
        ModelManifest manifest;
        try
        {
            manifest = CoreJson.ReadManifest(json);
        }
        catch (FineTuneException exception)
        {
            throw Unusable(exception.Diagnostics[0].Message, location, exception);
        }

        if (manifest.Labels.Count == 0 && manifest.Task is not (FineTuneTask.TextRegression or FineTuneTask.MaskedLanguageModeling))
        {
            throw Unusable("It has no labels.", location);
        }

        if (manifest.Task == FineTuneTask.MultiLabelClassification && manifest.Thresholds.Count != manifest.Labels.Count)
        {
            throw Unusable($"It has {manifest.Thresholds.Count} thresholds for {manifest.Labels.Count} labels.", location);
        }

        if (manifest.MaxLength < 2)
        {
            throw Unusable($"Its longest input is {manifest.MaxLength} tokens.", location);
        }

        foreach (var file in manifest.Tokenizer.Files.Append(GraphFile))
        {
            if (!manifest.Files.ContainsKey(file))
            {
                throw Unusable($"It does not list the file '{file}', which the model needs.", location);
            }
        }

        // A manifest may come from anywhere; its names must not lead out of the model.
        if (manifest.Files.Keys.FirstOrDefault(LeadsOutside) is { } outside)
        {
            throw Unusable($"It lists the file '{outside}', which is not a plain path inside of the model.", location);
        }

        return manifest;
    }

    // Before anything else is read: a newer format may name and shape everything else differently.
    private static void CheckFormatVersion(string json, SourceLocation location)
    {
        string? version;
        try
        {
            using var document = JsonDocument.Parse(json);
            version = document.RootElement.GetProperty("formatVersion").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unusable("It is not a JSON object with a formatVersion.", location, exception);
        }

        if (!NuGetVersion.TryParse(version, out var parsed))
        {
            throw Unusable($"Its formatVersion '{version}' is no version.", location);
        }

        if (!VersionRange.Parse(ModelManifest.SupportedFormatVersions).Satisfies(parsed))
        {
            throw new FineTuneException(
                "FT6050",
                $"The model has format version {version}; this version of FineTune.Runtime reads {ModelManifest.SupportedFormatVersions}. "
                + (parsed > NuGetVersion.Parse(ModelManifest.CurrentFormatVersion)
                    ? "Update the FineTune.Runtime package to the version of the FineTune.Build that made the model."
                    : "Build the model again with the FineTune.Build of this version."),
                location);
        }
    }

    private static bool LeadsOutside(string name)
        => name.IndexOfAny(['\\', ':']) >= 0 || name.Split('/').Any(part => part is "" or "." or "..");

    private static void Add(ZipArchive archive, FolderModelFiles files, string name)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = EntryTime;
        using var source = File.OpenRead(files.PathOf(name)!);
        using var target = entry.Open();
        source.CopyTo(target);
    }

    private static FineTuneException Unusable(string why, SourceLocation location, Exception? innerException = null) => new(
        "FT6056",
        $"The model's {ManifestFile} cannot be used. {why} Build the model again with this version of FineTune.Build.",
        location,
        innerException);
}
