using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Tests.Checkpoints;

namespace FineTune.Training.Tests.Data;

public sealed class ClassificationDataReaderTests : IDisposable
{
    private const string Good = "text,label\nx,b\ny,a\nz,b\n";

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("id,sentence,category", "sentence", "category")]
    [InlineData("Label,Text,id", "Text", "Label")]
    [InlineData("sentence1,labels,sentence2", "sentence1", "labels")]
    [InlineData("review,stars", "review", "stars")]
    [InlineData("label,review", "review", "label")]
    [InlineData("stars,text", "text", "stars")]
    public void Columns_are_found_by_name_or_of_two_by_position(string header, string text, string label)
    {
        var columns = header.Split(',');

        var found = RowColumns.Find(columns, new TrainingPlan { Name = "Test" }, new SourceLocation("train.csv"));

        Assert.Equal((text, label), (columns[found.Text], columns[Assert.Single(found.Labels)]));
    }

    [Theory]
    [InlineData("a,b,c", null, null, 2, "'a', 'b', 'c'")]
    [InlineData("a", null, null, 2, "'a'")]
    [InlineData("text,label,category", null, null, 1, "'label', 'category'")]
    [InlineData("text,topic,x", null, "topik", 1, "Did you mean 'topic'?")]
    [InlineData("text,label", "label", "label", 1, "both")]
    public void A_file_whose_columns_are_not_clear_is_an_error_that_lists_them(string header, string? textColumn, string? labelColumn, int count, string message)
    {
        var exception = Assert.Throws<FineTuneException>(() => RowColumns.Find(header.Split(','), new TrainingPlan { Name = "Test", TextColumn = textColumn, LabelColumn = labelColumn }, new SourceLocation("train.csv", 1, 1)));

        Assert.Equal(count, exception.Diagnostics.Count);
        Assert.All(exception.Diagnostics, error => Assert.Equal("FT1003", error.Code));
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public void Named_columns_decide()
    {
        var file = folder.Write("train.csv", "text,title,label,Topic\n1,x,n,a\n2,y,n,b\n");

        var data = folder.Read(DataFolder.Plan(file, file) with { TextColumn = "title", LabelColumn = "topic" });

        Assert.Equal(["x", "y"], data.Train.Select(row => row.Text));
        Assert.Equal(["a", "b"], data.Labels);
    }

    [Fact]
    public void All_files_must_have_the_same_columns()
        => Assert.Equal(
            ["test.jsonl(1,1): FT1004"],
            folder.Errors(DataFolder.Plan(folder.Write("train.csv", Good), test: folder.Write("test.jsonl", "{\"sentence\":\"x\",\"label\":\"a\"}\n"))));

    [Fact]
    public void Labels_are_sorted_by_their_characters_unless_the_plan_orders_them()
    {
        var file = folder.Write("train.csv", "text,label\n1,b\n2,B\n3,a10\n4,a9\n5,ä\n");

        Assert.Equal(["B", "a10", "a9", "b", "ä"], folder.Read(DataFolder.Plan(file, file)).Labels);
        Assert.Equal(["B", "a10", "a9", "b", "ä"], ClassificationDataReader.ReadLabels(DataFolder.Plan(file)));
        string[] order = ["a9", "ä", "b", "B", "a10"];
        var data = folder.Read(DataFolder.Plan(file, file) with { Labels = order });
        Assert.Equal(order, data.Labels);
        Assert.Equal([2, 3, 4, 0, 1], data.Train.Select(row => row.Label));
    }

    [Fact]
    public void Labels_of_the_plan_need_no_file()
        => Assert.Equal(["a", "b"], ClassificationDataReader.ReadLabels(DataFolder.Plan(new("none.csv", "none.csv")) with { Labels = ["a", "b"] }));

    [Fact]
    public void Labels_alone_do_not_need_texts()
        => Assert.Equal(["a", "b"], ClassificationDataReader.ReadLabels(DataFolder.Plan(folder.Write("train.csv", "text,label\n,a\nx, b\n"))));

    [Fact]
    public void Unknown_labels_are_listed_once_each_with_the_nearest_known_one()
    {
        var plan = DataFolder.Plan(
            folder.Write("train.csv", "text,label\nx,refund\ny,delivery\n"),
            folder.Write("validation.csv", "text,label\nx,refund\ny,delivry\nz,delivry\n"),
            folder.Write("test.csv", "text,label\nx,other\n"));

        var exception = Assert.Throws<FineTuneException>(() => folder.Read(plan));

        Assert.Equal(["validation.csv(3,1)", "test.csv(2,1)"], exception.Diagnostics.Select(error => error.Location!.ToString()));
        Assert.All(exception.Diagnostics, error => Assert.Equal("FT1018", error.Code));
        Assert.Contains("'delivry' (2 rows", exception.Diagnostics[0].Message);
        Assert.Contains("Did you mean 'delivery'?", exception.Diagnostics[0].Message);
        Assert.DoesNotContain("Did you mean", exception.Diagnostics[1].Message);
    }

    [Fact]
    public void A_training_label_outside_of_a_fixed_list_is_an_error()
        => Assert.Equal(["train.csv(2,1): FT1019"], folder.Errors(DataFolder.Plan(folder.Write("train.csv", Good)) with { Labels = ["a", "c"] }));

    [Fact]
    public void One_class_only_is_an_error()
        => Assert.Equal(["train.csv(2,1): FT1017"], folder.Errors("train.csv", "text,label\nx,a\ny,a\n"));

    [Fact]
    public void Errors_of_all_files_come_together()
        => Assert.Equal(
            ["train.csv(2,1): FT1005", "validation.csv(1,1): FT1003", "validation.csv(1,1): FT1003", "test.csv(3,1): FT1008"],
            folder.Errors(DataFolder.Plan(
                folder.Write("train.csv", "text,label\n,a\n"),
                folder.Write("validation.csv", "a,b,c\n1,2,3\n"),
                folder.Write("test.csv", "text,label\nx,a\n\"y,b\n"))));

    [Theory]
    [InlineData("text,label\nx,a\ny,A\n", "train.csv(3,1): FT1020")]
    [InlineData("text,label\nx,a\ny,b \n", "train.csv(3,1): FT1020")]
    [InlineData("text,label\nx,a\nx,b\ny,a\n", "train.csv(2,1): FT1021")]
    [InlineData("great,good\nbad,bad\nfine,good\n", "train.csv(1,1): FT1025")]
    public void What_is_probably_not_meant_is_a_warning(string content, string warning)
    {
        var file = folder.Write("train.csv", content);
        folder.Read(DataFolder.Plan(file, file));
        Assert.Contains(warning, folder.Warnings.Select(diagnostic => $"{diagnostic.Location}: {diagnostic.Code}"));
        Assert.All(folder.Warnings, diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
    }

    [Fact]
    public void Clean_data_gives_no_warnings()
    {
        folder.Read(DataFolder.Plan(folder.Write("train.csv", Good), folder.Write("validation.csv", "text,label\nother,a\n"), folder.Write("test.csv", "text,label\nthird,a\n")));
        Assert.Empty(folder.Warnings);
    }

    [Fact]
    public void Rows_on_both_sides_are_a_leak()
    {
        folder.Read(DataFolder.Plan(folder.Write("train.csv", Good), folder.Write("validation.csv", "text,label\nx,b\nnew,a\n"), folder.Write("test.csv", "text,label\nnew,a\n")));

        Assert.Equal(["validation.csv(2,1): FT1022", "test.csv(2,1): FT1022"], folder.Warnings.Select(warning => $"{warning.Location}: {warning.Code}"));
        Assert.Contains("1 of 2 rows", folder.Warnings[0].Message);
    }

    [Fact]
    public void Labels_without_rows_are_a_warning()
    {
        folder.Read(DataFolder.Plan(folder.Write("train.csv", Good), folder.Write("validation.csv", "text,label\nnew,b\n")) with { Labels = ["a", "b", "c"] });
        Assert.Equal("FT1024", Assert.Single(folder.Warnings).Code);
    }

    [Fact]
    public void Only_rows_that_are_left_for_training_are_copied()
    {
        var file = folder.Write("train.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"words of row {row},{row % 2}\n")));
        var plain = DataFolder.Plan(file) with { ValidationSplit = 0.25 };

        var (without, with) = (folder.Read(plain), folder.Read(plain with { Augment = "swap:0.5", AugmentCopies = 2 }));

        Assert.Empty(without.TrainCopies);
        Assert.Equal(without.Train, with.Train);
        Assert.Equal(without.Validation, with.Validation);
        Assert.NotEmpty(with.TrainCopies);
        Assert.Empty(with.TrainCopies.Select(copy => (copy.Origin, copy.Label)).Except(with.Train.Select(row => (row.Origin, row.Label))));
        Assert.Empty(folder.Warnings);
    }

    [Fact]
    public void A_class_with_one_text_stays_in_training_with_a_warning()
    {
        var data = folder.Read(DataFolder.Plan(folder.Write("train.csv", Good)));

        Assert.Equal("FT1023", Assert.Single(folder.Warnings).Code);
        Assert.Equal([1], data.Validation.Select(row => row.Label));
    }

    [Fact]
    public void A_split_that_leaves_nothing_to_validate_is_an_error()
        => Assert.Equal(["train.csv(2,1): FT1026"], folder.Errors("train.csv", "text,label\nx,a\ny,b\n"));

    [Theory]
    [InlineData("trec/train.tsv", "trec/test.tsv", 5452, 500, 6)]
    [InlineData("sst2-kim/train.tsv", "sst2-kim/validation.tsv", 6920, 872, 2)]
    [InlineData("sst2-kim/train.tsv", "sst2-kim/test.tsv", 6920, 1821, 2)]
    [InlineData("banking77/train.csv", "banking77/test.csv", 10003, 3080, 77)]
    [InlineData("clinc150/train.jsonl", "clinc150/test.jsonl", 15100, 5500, 151)]
    [InlineData("snips/train.jsonl", "snips/test.jsonl", 13084, 700, 7)]
    [InlineData("mr/all.tsv", "mr/all.tsv", 10662, 10662, 2)]
    public void Published_data_sets_have_their_documented_rows(string train, string validation, int trainRows, int validationRows, int labels)
    {
        var (trainPath, validationPath) = (RepositoryFiles.Shared($"data/{train}"), RepositoryFiles.Shared($"data/{validation}"));
        Assert.SkipUnless(trainPath is not null && validationPath is not null, "the shared data sets are not beside this repository");

        var data = folder.Read(DataFolder.Plan(new DataFile(train, trainPath!), new DataFile(validation, validationPath!)));

        Assert.Equal((trainRows, validationRows, labels), (data.Train.Count, data.Validation.Count, data.Labels.Count));
        Assert.DoesNotContain(folder.Warnings, warning => warning.Code == "FT1025");
    }
}
