using System.Text.Json.Nodes;

namespace FineTune.EndToEnd.Tests;

/// <summary>What an editor asks of a project, asked as it does.</summary>
public sealed class EditorTests(PackedFeed feed)
{
    [Fact]
    public async Task An_editor_learns_which_files_matter_and_touched_data_are_looked_at_once()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.Write("data/test-1.csv", await File.ReadAllTextAsync(project.PathOf("data/train.csv"), TestContext.Current.CancellationToken));
        project.WriteProject("TestData=\"data/test-*.csv\"");
        // Visual Studio brings this target along.
        project.Write("Directory.Build.targets", """<Project><Target Name="CollectUpToDateCheckInputDesignTime" Returns="@(UpToDateCheckInput)" /></Project>""");
        string[] inEditor = ["-p:BuildingInsideVisualStudio=true", "-p:BuildingProject=true"];
        (await project.Build(inEditor)).MustSucceed();
        File.SetLastWriteTimeUtc(project.PathOf("data/train.csv"), DateTime.UtcNow);

        var again = await project.Build(["--no-restore", .. inEditor]);
        var asked = await project.Run(["msbuild", "-t:CollectUpToDateCheckInputDesignTime", "-p:DesignTimeBuild=true", "-getItem:UpToDateCheckInput,UpToDateCheckBuilt,PropertyPageSchema,AvailableItemName"]);

        again.MustSucceed();
        Assert.Empty(again.Workers);
        asked.MustSucceed();
        var items = JsonNode.Parse(asked.Output)!["Items"]!;
        Assert.Equal(["data/test-1.csv", "data/train.csv"], OfSet("UpToDateCheckInput").Select(path => path.Replace('\\', '/')).Order(StringComparer.Ordinal));
        var stamp = Assert.Single(OfSet("UpToDateCheckBuilt"));
        Assert.True(File.GetLastWriteTimeUtc(stamp) >= File.GetLastWriteTimeUtc(project.PathOf("data/train.csv")));
        Assert.Contains("FineTuneModel", items["AvailableItemName"]!.AsArray().Select(item => (string)item!["Identity"]!));
        Assert.True(File.Exists(items["PropertyPageSchema"]!.AsArray().Select(item => (string)item!["Identity"]!).Single(path => path.EndsWith("FineTune.Build.FineTuneModel.xaml", StringComparison.Ordinal))));

        List<string> OfSet(string item) => [.. items[item]!.AsArray().Where(each => (string?)each!["Set"] == "FineTune").Select(each => (string)each!["Identity"]!)];
    }
}
