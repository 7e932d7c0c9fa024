using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace FineTune.EndToEnd.Tests;

/// <summary>What CI and scripts learn of a build.</summary>
public sealed class ReportingTests(PackedFeed feed)
{
    [Fact]
    public async Task Reports_a_step_summary_and_the_binary_log_hold_thresholds_plan_and_metrics()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject("Require=\"accuracy &gt;= 0\"");

        var outcome = await project.Build("-p:FineTuneReportDirectory=reports", $"-p:GITHUB_STEP_SUMMARY={project.PathOf("summary.md")}");

        outcome.MustSucceed();
        Assert.Equal("accuracy >= 0", Assert.Single(XDocument.Load(project.PathOf("reports/app.Sentiment.junit.xml")).Descendants("testcase")).Attribute("name")?.Value);
        Assert.True(File.Exists(project.PathOf("reports/app.Sentiment.metrics.json")));
        Assert.Contains("### Sentiment (app)", await File.ReadAllTextAsync(project.PathOf("summary.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var embedded = outcome.Log.SourceFiles.Select(file => Path.GetFileName(file.FullPath)).ToList();
        Assert.Contains("Sentiment.plan.json", embedded);
        Assert.Contains("metrics.json", embedded);
    }

    [Fact]
    public async Task A_script_gets_paths_and_metrics_from_the_items_and_from_the_targets_result()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Run(["restore"])).MustSucceed();

        var outcome = await project.Run(["msbuild", "-t:FineTune", "-getItem:FineTuneModel", "-getTargetResult:FineTune"]);

        outcome.MustSucceed();
        var document = JsonNode.Parse(outcome.Output)!;
        foreach (var item in new[] { document["Items"]!["FineTuneModel"]![0]!, document["TargetResults"]!["FineTune"]!["Items"]![0]! })
        {
            Assert.Equal("Sentiment", (string)item["Identity"]!);
            Assert.Equal(project.PathOf("obj/FineTune/Debug/Sentiment.ftmodel"), (string)item["ModelFile"]!);
            Assert.True(File.Exists((string)item["MetricsFile"]!));
            Assert.Contains("accuracy=", (string)item["Metrics"]!, StringComparison.Ordinal);
            Assert.Equal("false", (string)item["Trained"]!);
        }
    }
}
