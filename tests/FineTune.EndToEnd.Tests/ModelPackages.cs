using System.Text.Json.Nodes;

namespace FineTune.EndToEnd.Tests;

/// <summary>A package source of a project's own, with packages that are made as docs/base-models.md says.</summary>
internal sealed class ModelPackages
{
    private readonly TestProject project;
    private readonly string folder;
    private readonly string id;

    /// <summary>Creates the source. The packages folder is shared with other tests, so <paramref name="id"/> is one that no other test has.</summary>
    public ModelPackages(PackedFeed feed, TestProject project, string id)
    {
        this.project = project;
        this.id = id;
        folder = feed.NewFolder("models");
        Directory.CreateDirectory(Source);
        project.WriteNuGetConfig(useFallback: true, useMachineSources: false, Source);
        File.WriteAllText(ProjectFile, Sample());
        CopyTiny();
    }

    public string Source => Path.Combine(folder, "source");

    private string Model => Path.Combine(folder, "model");

    private string ProjectFile => Path.Combine(folder, "package.csproj");

    /// <summary>Packs the built-in model; with a <paramref name="remark"/> its files have another content.</summary>
    public async Task Pack(string version, string? remark = null)
    {
        var file = Path.Combine(Model, "config.json");
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        if (remark is not null)
        {
            configuration["remark"] = remark;
            await File.WriteAllTextAsync(file, configuration.ToJsonString(), TestContext.Current.CancellationToken);
        }

        await project.RunCommand("pack", ProjectFile, $"-p:PackageId={id}", $"-p:Version={version}", "-p:TreatWarningsAsErrors=true", "-o", Source, "-v", "q", "--nologo");
    }

    /// <summary>Packs what is no model.</summary>
    public async Task PackWithoutModel(string version)
    {
        File.Delete(Path.Combine(Model, "config.json"));
        await project.RunCommand("pack", ProjectFile, $"-p:PackageId={id}", $"-p:Version={version}", "-o", Source, "-v", "q", "--nologo");
    }

    /// <summary>The project in the documentation.</summary>
    private static string Sample()
    {
        var page = File.ReadAllText(Path.Combine(PackedFeed.Repository, "docs", "base-models.md"));
        var start = page.IndexOf("<Project Sdk=", StringComparison.Ordinal);
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private void CopyTiny()
    {
        Directory.CreateDirectory(Model);
        foreach (var file in Directory.GetFiles(Path.Combine(PackedFeed.Repository, "models", "tiny")).Where(file => Path.GetExtension(file) != ".md"))
        {
            File.Copy(file, Path.Combine(Model, Path.GetFileName(file)));
        }
    }
}
