namespace FineTune.EndToEnd.Tests;

/// <summary>What <c>dotnet watch</c> looks at.</summary>
public sealed class WatchTests(PackedFeed feed)
{
    [Fact]
    public async Task Code_is_watched_and_neither_data_nor_what_the_build_derives_from_them()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject("ValidationSplit=\"0.2\"", sdk: "Microsoft.NET.Sdk.Web", items: """<Watch Include="*.config" />""");
        await project.RunCommand("restore", project.ProjectFile);

        var watched = (await project.RunCommand("watch", "--list", "--project", project.ProjectFile)).Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains(project.PathOf("Program.cs"), watched);
        Assert.Contains(project.PathOf("nuget.config"), watched);
        Assert.DoesNotContain(watched, line => line.Contains("train.csv", StringComparison.Ordinal) || line.EndsWith(".g.cs", StringComparison.Ordinal) || line.EndsWith(".ftmodel", StringComparison.Ordinal));
    }
}
