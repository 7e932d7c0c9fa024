using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Tests.Checkpoints;

namespace FineTune.Training.Tests.Data;

public sealed class RegressionDataReaderTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.csv", "text,score\nx,1.5\ny, -2e1 \nz,+3\n")]
    [InlineData("train.csv", "review,stars\nx,1.5\ny,-20\nz,3\n")]
    [InlineData("train.jsonl", "{\"text\":\"x\",\"target\":1.5}\n{\"text\":\"y\",\"target\":-2e1}\n{\"text\":\"z\",\"target\":\"3.0\"}\n")]
    public void Numbers_are_read_in_any_culture(string name, string content)
    {
        var file = folder.Write(name, content);
        var before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = german;
        try
        {
            Assert.Equal([1.5, -20, 3], Read(Plan(file, file)).Train.Select(row => row.Score));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("text,score\nx,good\ny,1\n", "train.csv(2,3): FT1050")]
    [InlineData("text,score\nx,\"1,5\"\ny,1\n", "train.csv(2,3): FT1050")]
    [InlineData("text,score\nx,NaN\ny,Infinity\nz,1e999\n", "train.csv(2,3): FT1050", "train.csv(3,3): FT1050", "train.csv(4,3): FT1050")]
    [InlineData("text,score\nx,\ny,1\n", "train.csv(2,3): FT1006")]
    [InlineData("text,score\n,1\ny,2\n", "train.csv(2,1): FT1005")]
    [InlineData("text,score\nx,1\ny,1.0\n", "train.csv(2,1): FT1017")]
    [InlineData("text,score\nx,1\nx,2\n", "train.csv(2,1): FT1026")]
    [InlineData("text,score,label\nx,1,2\n", "train.csv(1,1): FT1003")]
    public void Mistakes_are_found_at_their_places(string content, params string[] errors) => Assert.Equal(errors, Errors(Plan(folder.Write("train.csv", content))));

    [Fact]
    public void A_missing_header_is_warned_of()
    {
        var file = folder.Write("train.csv", "fine,4\nbad,1\nso so,2.5\n");
        Read(Plan(file, file));

        Assert.Contains(folder.Warnings, warning => warning.Code == "FT1025");
    }

    [Fact]
    public void All_parts_of_the_range_validate()
    {
        var content = "text,score\n" + string.Concat(Enumerable.Range(0, 300).Select(row => $"row {row},{row * row}\n"));

        var data = Read(Plan(folder.Write("train.csv", content)));

        Assert.Equal(30, data.Validation.Count);
        Assert.Equal(Enumerable.Repeat(3, 10), data.Validation.GroupBy(row => (int)(Math.Sqrt(row.Score) / 30)).OrderBy(part => part.Key).Select(part => part.Count()));
        Assert.Equal(data.Train, data.Train.OrderBy(row => row.Origin.Line));
        Assert.Empty(folder.Warnings);
    }

    [Fact]
    public void Rows_with_the_same_text_stay_together()
    {
        var content = "text,score\n" + string.Concat(Enumerable.Range(0, 60).Select(row => $"row {row % 20},{row}\n"));

        var data = Read(Plan(folder.Write("train.csv", content)));

        Assert.NotEmpty(data.Validation);
        Assert.Empty(data.Train.Select(row => row.Text).Intersect(data.Validation.Select(row => row.Text)));
    }

    [Fact]
    public void Copies_keep_their_numbers()
    {
        var file = folder.Write("train.csv", "text,score\none two three,1\nfour five six,2\n");

        Assert.Equal([1.0, 2.0], Read(Plan(file, file) with { Augment = "swap:0.9" }).TrainCopies.Select(copy => copy.Score));
    }

    [Fact]
    public void A_second_sentence_that_nobody_asked_for_is_warned_of()
    {
        var file = folder.Write("train.csv", "sentence1,sentence2,score\na,b,1\nc,d,2\n");
        Read(Plan(file, file));
        var warning = Assert.Single(folder.Warnings, warning => warning.Code == "FT1052");

        folder.Warnings.Clear();
        var data = Read(Plan(file, file) with { TextPairColumn = "sentence2" });

        Assert.Contains("TextPairColumn", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Warnings, warning => warning.Code == "FT1052");
        Assert.Equal([("a", "b"), ("c", "d")], data.Train.Select(row => (row.Text, row.Pair)));
    }

    [Fact]
    public void A_second_text_is_not_empty_and_is_a_column_of_its_own()
    {
        var file = folder.Write("train.csv", "sentence1,sentence2,score\na,,1\nc,d,2\n");

        Assert.Equal(["train.csv(2,3): FT1005"], Errors(Plan(file) with { TextPairColumn = "sentence2" }));
        Assert.Equal(["train.csv(1,1): FT1003"], Errors(Plan(file) with { TextPairColumn = "sentence1" }));
        Assert.Equal(["train.csv(1,1): FT1003"], Errors(Plan(file) with { TextPairColumn = "score" }));
    }

    [Fact]
    public void Ratings_of_a_published_data_set_are_read()
    {
        var path = RepositoryFiles.Shared("data/sst5-kim/train.tsv");
        Assert.SkipWhen(path is null, "the shared data sets are not beside this repository");
        string[] ratings = ["very negative", "negative", "neutral", "positive", "very positive"];
        var lines = File.ReadAllLines(path!).Skip(1).Select(line => line.Split('\t')).Select(fields => $"{fields[0]}\t{Array.IndexOf(ratings, fields[1]) / 4.0}");

        var data = Read(Plan(folder.Write("train.tsv", string.Join('\n', lines.Prepend("text\tscore")))));

        Assert.Equal(8544, data.Train.Count + data.Validation.Count);
        Assert.Equal(data.Train.Average(row => row.Score), data.Validation.Average(row => row.Score), 0.02);
    }

    private static TrainingPlan Plan(DataFile train, DataFile? validation = null) => DataFolder.Plan(train, validation) with { Task = FineTuneTask.TextRegression };

    private TaskData<ScoredText> Read(TrainingPlan plan) => RegressionDataReader.Read(plan, folder.Warnings.Add);

    private string[] Errors(TrainingPlan plan) => [.. Assert.Throws<FineTuneException>(() => Read(plan)).Diagnostics.Select(error => $"{error.Location}: {error.Code}")];
}
