using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Tests.Data.Augmentation;

public sealed class SynonymFilesTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rows_of_any_length_are_read_without_a_header()
    {
        var table = Read(folder.Write("words.csv", "late,delayed, overdue ,\"behind, far\"\n\ncustomer  Service,support,,\n"));

        Assert.Equal(["delayed", "overdue", "behind, far"], table.Find("Late"));
        Assert.Equal(["support"], table.Find(" customer service"));
        Assert.Empty(table.Find("service"));
        Assert.Equal(2, table.LongestPhrase);
    }

    [Fact]
    public void Several_files_make_one_table()
    {
        var table = Read(folder.Write("a.tsv", "late\t\"so, so\"\n"), folder.Write("b.csv", "early,soon\n"));

        Assert.Equal(["\"so, so\""], table.Find("late"));
        Assert.Equal(["soon"], table.Find("early"));
    }

    [Theory]
    [InlineData("late\n", "words.csv(1,1): FT1030")]
    [InlineData("late,delayed\nearly,,\n", "words.csv(2,1): FT1030")]
    [InlineData(",delayed\n ,x\n,,\n", "words.csv(1,1): FT1031", "words.csv(2,1): FT1031", "words.csv(3,1): FT1031")]
    [InlineData("late,delayed, ,overdue\n", "words.csv(1,14): FT1031")]
    [InlineData("late,delayed\nearly,soon\nLATE,overdue\n", "words.csv(3,1): FT1032")]
    [InlineData("late,delayed,overdue,Delayed,late\n", "words.csv(1,22): FT1032", "words.csv(1,30): FT1032")]
    [InlineData("late,\"delayed\n", "words.csv(1,6): FT1008")]
    [InlineData("", "words.csv: FT1012")]
    public void Mistakes_are_found_at_their_places(string content, params string[] expected) => Assert.Equal(expected, Errors(folder.Write("words.csv", content)));

    [Fact]
    public void A_word_in_two_files_is_a_mistake_that_names_both()
    {
        var errors = Mistakes(folder.Write("a.csv", "late,delayed\n"), folder.Write("b.csv", "x,y\nlate,overdue\n"));

        Assert.Equal("b.csv(2,1): error FT1032: 'late' already has a row at a.csv(1,1). Put all of its replacements there.", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Mistakes_in_synonyms_are_reported_with_those_in_the_data()
    {
        var plan = DataFolder.Plan(folder.Write("train.csv", "text,label\n,a\nx,b\n")) with { Augment = "synonym:0.1", Synonyms = [folder.Write("words.csv", "late\n")] };

        Assert.Equal(["train.csv(2,1): FT1005", "words.csv(1,1): FT1030"], folder.Errors(plan));
    }

    private static SynonymTable Read(params DataFile[] files)
    {
        var errors = new DataErrors();
        var table = new SynonymFiles(errors).Read(files);
        errors.ThrowIfAny();
        return table;
    }

    private static IReadOnlyList<Diagnostic> Mistakes(params DataFile[] files) => Assert.Throws<FineTuneException>(() => Read(files)).Diagnostics;

    private static string[] Errors(params DataFile[] files) => [.. Mistakes(files).Select(error => $"{error.Location}: {error.Code}")];
}
