using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;

namespace FineTune.Training.Tests.Data;

public sealed class PlainTextDataReaderTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.txt", "\uFEFFone, two\r\n\r\n \t\n  three \"four\"\n", "1,1 4,1")]
    [InlineData("train.csv", "text,label\n\"one, two\",a\n\"  three \"\"four\"\"\",b\n", "2,1 3,1")]
    [InlineData("train.tsv", "anything\none, two\n  three \"four\"\n", "2,1 3,1")]
    [InlineData("train.jsonl", "{\"sentence\":\"one, two\"}\n{\"sentence\":\"  three \\\"four\\\"\"}\n", "1,13 2,13")]
    public void Texts_are_lines_or_a_column(string name, string content, string places)
    {
        var file = folder.Write(name, content);

        var data = Read(Plan(file, file));

        Assert.Equal(["one, two", "  three \"four\""], data.Train.Select(row => row.Text));
        Assert.Equal(places, string.Join(' ', data.Train.Select(row => $"{row.Origin.Line},{row.Origin.Column}")));
        Assert.Empty(data.Labels);
        Assert.Equal("FT1022", Assert.Single(folder.Warnings).Code);
    }

    [Theory]
    [InlineData("train.txt", "\n\n", "train.txt: FT1012")]
    [InlineData("train.txt", "same\nsame\n", "train.txt(1,1): FT1026")]
    [InlineData("train.csv", "a,b\nx,y\n", "train.csv(1,1): FT1003")]
    [InlineData("train.csv", "text\n\" \"\n", "train.csv(2,1): FT1005")]
    public void Mistakes_are_found_at_their_places(string name, string content, params string[] errors)
        => Assert.Equal(errors, Assert.Throws<FineTuneException>(() => Read(Plan(folder.Write(name, content)))).Diagnostics.Select(error => $"{error.Location}: {error.Code}"));

    [Fact]
    public void A_share_of_the_texts_validates()
    {
        var file = folder.Write("train.txt", string.Concat(Enumerable.Range(0, 100).Select(row => $"row {row % 90}\n")));

        var data = Read(Plan(file));

        Assert.InRange(data.Validation.Count, 10, 11);
        Assert.Empty(data.Train.Select(row => row.Text).Intersect(data.Validation.Select(row => row.Text)));
        Assert.Equal(data.Validation, Read(Plan(file)).Validation);
        Assert.NotEqual(data.Validation, Read(Plan(file) with { Seed = 7 }).Validation);
    }

    private static TrainingPlan Plan(DataFile train, DataFile? validation = null) => DataFolder.Plan(train, validation) with { Task = FineTuneTask.MaskedLanguageModeling };

    private TaskData<PlainText> Read(TrainingPlan plan) => PlainTextDataReader.Read(plan, folder.Warnings.Add);
}
