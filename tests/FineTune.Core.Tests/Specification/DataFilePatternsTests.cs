using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class DataFilePatternsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DataFilePatternsTests()
    {
        foreach (var file in new[] { "data/b.csv", "data/a.csv", "data/B.csv", "data/notes.txt", "data/deep/c.csv", "data/deep/er/d.jsonl", "data/a1.tsv" })
        {
            _folder.Write(file);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data/*.csv", "data/B.csv data/a.csv data/b.csv")]
    [InlineData(@"data\*.csv", "data/B.csv data/a.csv data/b.csv")]
    [InlineData("data/?.csv", "data/B.csv data/a.csv data/b.csv")]
    [InlineData("data/a*", "data/a.csv data/a1.tsv")]
    [InlineData("data/**/*.csv", "data/B.csv data/a.csv data/b.csv data/deep/c.csv")]
    [InlineData("**/*.jsonl", "data/deep/er/d.jsonl")]
    [InlineData("data/deep/**", "data/deep/c.csv data/deep/er/d.jsonl")]
    [InlineData("*/deep/*.csv", "data/deep/c.csv")]
    [InlineData("./data/d*p/*.csv", "./data/deep/c.csv")]
    [InlineData("data/b.csv; data/a.csv;", "data/b.csv data/a.csv")]
    [InlineData("data/b.csv;data/*.csv", "data/b.csv data/B.csv data/a.csv")]
    public void Patterns_name_files_in_an_order_that_depends_on_nothing_else(string patterns, string expected)
    {
        var files = Resolve(patterns).TrainData;

        Assert.Equal(expected.Split(' '), files.Select(file => file.DisplayPath));
        Assert.All(files, file => Assert.True(File.Exists(file.FullPath), file.FullPath));
        Assert.All(files, file => Assert.Equal(Path.GetFullPath(file.FullPath), file.FullPath));
    }

    [Theory]
    [InlineData("data/none.csv", "FT1001", "no such file")]
    [InlineData("data/*.json", "FT1001", "no file matches")]
    [InlineData("nowhere/*.csv", "FT1001", "no file matches")]
    [InlineData("data", "FT1001", "data/*.csv")]
    [InlineData("data/notes.txt", "FT0013", ".csv, .tsv, .json, .jsonl")]
    public void A_pattern_without_usable_files_is_a_mistake(string patterns, string code, string message)
    {
        var mistake = Assert.Single(Assert.Throws<FineTuneException>(() => Resolve(patterns)).Diagnostics);

        Assert.Equal(code, mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal("app.csproj", mistake.Location?.File);
    }

    [Fact]
    public void A_link_that_leads_round_in_a_circle_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateSymbolicLink(_folder.At("data", "deep", "round"), _folder.At("data"));

        Assert.Equal(["data/deep/c.csv"], Resolve("data/deep/**/*.csv").TrainData.Select(file => file.DisplayPath));
    }

    private TrainingPlan Resolve(string patterns) => new ModelSpec
    {
        Name = "Topic",
        BaseDirectory = _folder.Path,
        Origin = new SourceLocation("app.csproj", 3, 5),
        Values = new Dictionary<string, string> { ["TrainData"] = patterns },
    }.Resolve();
}
