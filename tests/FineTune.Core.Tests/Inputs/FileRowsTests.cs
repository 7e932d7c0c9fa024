using FineTune.Core.Inputs;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Inputs;

public sealed class FileRowsTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("a.csv", "text,label\na,x\n\"b\nc\",y\n", 2)]
    [InlineData("a.csv", "text,label\n", 0)]
    [InlineData("a.tsv", "text\tlabel\na \" quote\tx\nb\ty", 2)]
    [InlineData("a.jsonl", "{\"a\":1}\n\n{\"a\":2}\n", 2)]
    [InlineData("a.json", "[{\"a\":[1,2]}, {\"a\":\"x,]\\\"}\"}\n]", 2)]
    [InlineData("a.json", "{\"version\":\"1\",\"data\":[{\"a\":1},{\"a\":2},{\"a\":3}]}", 3)]
    [InlineData("a.conll", "Anna B-PER\nflies O\n\n\nOslo B-LOC\n", 2)]
    [InlineData("a.txt", "one\ntwo\n", 2)]
    public void Rows_are_counted_in_every_form(string name, string content, int expected)
        => Assert.Equal(expected, Read(name, content)!.Count);

    [Theory]
    [InlineData("a.csv", "text,label\na,x\nb,y\n", "text,label\r\na,x\r\n\r\nb,y")]
    [InlineData("a.csv", "text,label\na,x\n", "\uFEFFtext,label\na,x\n")]
    [InlineData("a.json", "[{\"a\":1},{\"a\":\"b c\"}]", "[\n  { \"a\": 1 },\n  { \"a\": \"b c\" }\n]\n")]
    [InlineData("a.conll", "a O\nb O\n\nc O\n", "a O\r\nb O\r\n\r\n\r\nc O")]
    public void Line_ends_and_layout_make_no_other_rows(string name, string first, string second)
    {
        var (one, other) = (Read(name, first)!, Read(name, second)!);

        Assert.Equal(one.Hashes!, other.Hashes!);
        Assert.Equal(one.Header, other.Header);
    }

    [Fact]
    public void Of_a_huge_file_only_the_number_of_rows_is_kept()
    {
        var rows = Read("a.jsonl", string.Concat(Enumerable.Range(0, FileRows.MostHashes + 1).Select(row => row + "\n")))!;

        Assert.Equal(FileRows.MostHashes + 1, rows.Count);
        Assert.Null(rows.Hashes);
    }

    [Fact]
    public void Of_a_form_without_rows_and_of_a_file_that_is_gone_nothing_is_known()
    {
        Assert.Null(Read("a.parquet", "PAR1"));
        Assert.Null(FileRows.Read(directory.At("missing.csv"), FineTuneTask.TextClassification));
    }

    private FileRows? Read(string name, string content)
    {
        File.WriteAllText(directory.At(name), content);
        return FileRows.Read(directory.At(name), FineTuneTask.TextClassification);
    }
}
