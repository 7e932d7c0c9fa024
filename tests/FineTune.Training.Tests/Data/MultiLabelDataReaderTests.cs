using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;

namespace FineTune.Training.Tests.Data;

public sealed class MultiLabelDataReaderTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.csv", "text,labels\nx,b;a\ny,\nz, a ;; a\n")]
    [InlineData("train.csv", "text,labels\nx,\"[\"\"b\"\",\"\"a\"\"]\"\ny,[]\nz,\"[\"\"a\"\"]\"\n")]
    [InlineData("train.tsv", "text\tlabel\nx\tb;a\ny\t\nz\ta\n")]
    [InlineData("train.jsonl", "{\"text\":\"x\",\"labels\":[\"b\",\" a\"]}\n{\"text\":\"y\",\"labels\":[]}\n{\"text\":\"z\",\"labels\":[\"a\"]}\n")]
    [InlineData("train.json", "[{\"text\":\"x\",\"labels\":\"b;a\"},{\"text\":\"y\",\"labels\":\"\"},{\"text\":\"z\",\"labels\":[\"a\",\"a\"]}]")]
    public void Labels_are_an_array_or_a_separated_text(string name, string content)
    {
        var file = folder.Write(name, content);

        var data = Read(Plan(file, file));

        Assert.Equal(["a", "b"], data.Labels);
        Assert.Equal(["x: a b", "y: ", "z: a"], Describe(data));
        Assert.Equal(["a", "b"], TaskLabels.Read(Plan(file)));
    }

    [Fact]
    public void Another_separator_is_taken()
    {
        var file = folder.Write("train.csv", "text,labels\nx,b|a;c\ny,a\n");

        Assert.Equal(["a", "a;c", "b"], Read(Plan(file, file) with { LabelSeparator = "|" }).Labels);
    }

    [Fact]
    public void Labels_have_columns_of_their_own()
    {
        var file = folder.Write("train.csv", "id,comment,toxic,insult\n1,x,1,0\n2,y,0,False\n3,z,true,1.0\n");
        var plan = Plan(file, file) with { TextColumn = "comment", LabelColumns = ["toxic", "insult"] };

        var data = Read(plan);

        Assert.Equal(["toxic", "insult"], data.Labels);
        Assert.Equal(["x: toxic", "y: ", "z: toxic insult"], Describe(data));
        Assert.Equal(["toxic", "insult"], TaskLabels.Read(plan));
    }

    [Fact]
    public void Columns_of_labels_in_json_are_true_or_false()
    {
        var file = folder.Write("train.jsonl", "{\"t\":\"x\",\"a\":true,\"b\":0}\n{\"t\":\"y\",\"a\":false,\"b\":1}\n");

        Assert.Equal(["x: a", "y: b"], Describe(Read(Plan(file, file) with { LabelColumns = ["a", "b"] })));
    }

    [Theory]
    [InlineData("train.csv", "text,labels\nx,\"['a', 'b']\"\ny,a\n", "train.csv(2,3): FT1053")]
    [InlineData("train.jsonl", "{\"text\":\"x\",\"labels\":[[\"a\"]]}\n{\"text\":\"y\",\"labels\":[\"a\"]}\n", "train.jsonl(1,22): FT1053")]
    [InlineData("train.jsonl", "{\"text\":\"x\",\"labels\":[\"\"]}\n{\"text\":\"y\",\"labels\":[\"a\"]}\n", "train.jsonl(1,22): FT1006")]
    [InlineData("train.jsonl", "{\"text\":[\"x\"],\"labels\":[\"a\"]}\n{\"text\":\"y\",\"labels\":null}\n", "train.jsonl(1,9): FT1016", "train.jsonl(2,22): FT1016")]
    [InlineData("train.csv", "text,labels\nx,a;b\ny,b;a\n", "train.csv(2,1): FT1017")]
    [InlineData("train.csv", "text,labels\nx,\ny,\n", "train.csv(2,1): FT1017")]
    [InlineData("train.csv", "text,labels\n,a\nx,b\n", "train.csv(2,1): FT1005")]
    public void Mistakes_are_found_at_their_places(string name, string content, params string[] errors) => Assert.Equal(errors, Errors(Plan(folder.Write(name, content))));

    [Fact]
    public void A_column_of_a_label_has_one_or_zero()
    {
        var plan = Plan(folder.Write("train.csv", "text,a,b\nx,1,\ny,maybe,1\nz,0,2\n")) with { LabelColumns = ["a", "b"] };

        Assert.Equal(["train.csv(2,5): FT1051", "train.csv(3,3): FT1051", "train.csv(4,5): FT1051"], Errors(plan));
    }

    [Fact]
    public void A_column_that_does_not_exist_is_named()
    {
        var exception = Assert.Throws<FineTuneException>(() => Read(Plan(folder.Write("train.csv", "text,toxic\nx,1\n")) with { LabelColumns = ["toxc"] }));

        Assert.Equal("FT1003", exception.Code);
        Assert.Contains("Did you mean 'toxic'?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_labels_are_errors_and_unlikely_ones_warnings()
    {
        var train = folder.Write("train.csv", "text,labels\nx,a;B\ny,a;b\nx,a\n");
        var test = folder.Write("test.csv", "text,labels\nx,a;c\n");

        Assert.Equal(["test.csv(2,1): FT1018"], Errors(Plan(train, train, test)));
        Assert.Equal(["train.csv(2,1): FT1019", "train.csv(3,1): FT1019"], Errors(Plan(train) with { Labels = ["a"] }));

        Read(Plan(train, train) with { Labels = ["a", "b", "B", "d"] });
        Assert.Equal(["FT1020", "FT1024", "FT1021", "FT1022"], folder.Warnings.Select(warning => warning.Code));
        Assert.Contains("'B' and 'a' here and 'a' at train.csv(4,1)", folder.Warnings[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_label_validates_with_its_share_and_texts_stay_on_one_side()
    {
        var rows = string.Concat(Enumerable.Range(0, 200).Select(row => $"text {row % 190},{(row % 2 == 0 ? "even;" : "")}{(row % 10 == 3 ? "three;" : "")}{(row % 95 == 7 ? "rare" : "")}\n"));

        var data = Read(Plan(folder.Write("train.csv", "text,labels\n" + rows)) with { ValidationSplit = 0.2 });

        int[] counts = [.. Enumerable.Range(0, 3).Select(label => data.Validation.Count(row => row.Labels.Contains(label)))];
        Assert.Equal(["even", "rare", "three"], data.Labels);
        Assert.InRange(counts[0], 18, 22);
        Assert.InRange(counts[1], 1, 2);
        Assert.InRange(counts[2], 3, 5);
        Assert.InRange(data.Validation.Count, 36, 44);
        Assert.Equal(200, data.Train.Count + data.Validation.Count);
        Assert.Empty(data.Train.Select(row => row.Text).Intersect(data.Validation.Select(row => row.Text)));
        Assert.Equal(data.Validation.Select(row => row.Origin), Read(Plan(folder.Write("train.csv", "text,labels\n" + rows)) with { ValidationSplit = 0.2 }).Validation.Select(row => row.Origin));
        Assert.NotEqual(data.Validation.Select(row => row.Origin), Read(Plan(folder.Write("train.csv", "text,labels\n" + rows)) with { ValidationSplit = 0.2, Seed = 43 }).Validation.Select(row => row.Origin));
    }

    [Fact]
    public void A_label_with_one_text_stays_in_training_with_a_warning()
    {
        var data = Read(Plan(folder.Write("train.csv", "text,labels\nx,a;once\ny,a\nz,b\nv,b\n")));

        Assert.Contains(data.Train, row => row.Labels.Contains(2));
        Assert.Contains(folder.Warnings, warning => warning.Code == "FT1023" && warning.Message.Contains("'once'", StringComparison.Ordinal));
    }

    [Fact]
    public void Pairs_are_read_told_apart_and_altered()
    {
        var plan = Plan(folder.Write("train.csv", "sentence1,sentence2,labels\none two three,four five six,a\none two three,seven eight nine,b\nx y z,v w u,b\n")) with { TextPairColumn = "sentence2", Augment = "swap:0.9" };

        var data = Read(plan with { ValidationData = plan.TrainData });

        Assert.Equal(["four five six", "seven eight nine", "v w u"], data.Train.Select(row => row.Pair));
        Assert.DoesNotContain(folder.Warnings, warning => warning.Code is "FT1021" or "FT1052");
        Assert.Equal(3, data.TrainCopies.Count(copy => copy.Pair is not null && (copy.Text, copy.Pair) != (data.Train[0].Text, data.Train[0].Pair)));
    }

    private static TrainingPlan Plan(DataFile train, DataFile? validation = null, DataFile? test = null) => DataFolder.Plan(train, validation, test) with { Task = FineTuneTask.MultiLabelClassification };

    private static string[] Describe(TaskData<MultiLabelText> data) => [.. data.Train.Select(row => $"{row.Text}: {string.Join(' ', row.Labels.Select(label => data.Labels[label]))}")];

    private TaskData<MultiLabelText> Read(TrainingPlan plan) => MultiLabelDataReader.Read(plan, folder.Warnings.Add);

    private string[] Errors(TrainingPlan plan) => [.. Assert.Throws<FineTuneException>(() => Read(plan)).Diagnostics.Select(error => $"{error.Location}: {error.Code}")];
}
