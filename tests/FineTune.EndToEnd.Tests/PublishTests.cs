using System.Runtime.InteropServices;

namespace FineTune.EndToEnd.Tests;

/// <summary>What is published.</summary>
public sealed class PublishTests(PackedFeed feed)
{
    [Fact]
    public async Task A_trimmed_single_file_app_predicts()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        // The runtime to bundle is a package of its own, which this machine may never have restored.
        project.WriteNuGetConfig(useFallback: true, useMachineSources: true);
        var platform = RuntimeInformation.RuntimeIdentifier;
        var restore = await project.Run(["restore", "-r", platform, "-p:PublishTrimmed=true", "-p:SelfContained=true"]);
        Assert.SkipUnless(restore.Succeeded, $"The runtime pack for {platform} cannot be restored here.");

        var outcome = await project.Run(["publish", "--no-restore", "-r", platform, "--self-contained", "-p:PublishTrimmed=true", "-p:PublishSingleFile=true", "-o", project.PathOf("published")]);

        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
        Assert.Empty(outcome.Warnings);
        Assert.Matches("^(Positive|Negative) 1\\.000$", await project.RunApp(OperatingSystem.IsWindows() ? "published/app.exe" : "published/app"));
    }

    [Fact]
    public async Task Data_of_a_web_project_are_not_published()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.Write("data/train.json", """[{"text":"good","label":"positive"}]""");
        project.Write("data/other.json", "{}");
        project.Write("Program.cs", "");
        project.WriteProject("TestData=\"data/*.json\" Labels=\"negative;positive\"", sdk: "Microsoft.NET.Sdk.Web");
        project.Write("app.csproj", (await File.ReadAllTextAsync(project.ProjectFile, TestContext.Current.CancellationToken)).Replace("data/*.json", "data/train*.json", StringComparison.Ordinal));

        var outcome = await project.Run(["msbuild", "-restore", "-t:ComputeResolvedFilesToPublishList"]);

        outcome.MustSucceed();
        var published = outcome.Log.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Item>(item => item.Text.EndsWith(".json", StringComparison.Ordinal) && item.Parent is Microsoft.Build.Logging.StructuredLogger.AddItem { Name: "ResolvedFileToPublish" });
        Assert.Contains(published, item => item.Text.Contains("other.json", StringComparison.Ordinal));
        Assert.DoesNotContain(published, item => item.Text.Contains("train.json", StringComparison.Ordinal));
    }
}
