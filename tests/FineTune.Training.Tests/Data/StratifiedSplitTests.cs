using FineTune.Core.Diagnostics;
using FineTune.Training.Data;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Data;

public sealed class StratifiedSplitTests
{
    [Fact]
    public void The_same_seed_takes_the_same_rows_on_every_platform()
    {
        var (_, validation) = StratifiedSplit.Split(Rows([.. Enumerable.Range(0, 40).Select(row => row % 4 == 0 ? 1 : 0)]), 0.1, 42);

        Assert.Equal(["row 19", "row 20", "row 27", "row 31"], validation.Select(row => row.Text));
    }

    [Fact]
    public void The_generator_gives_the_published_sequence()
    {
        // First outputs of the reference implementation (splitmix64.c) for seed 1234567.
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317ul, 3203168211198807973ul, 9817491932198370423ul], [random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void Another_seed_takes_other_rows()
    {
        var rows = Rows([.. Enumerable.Range(0, 100).Select(row => row % 2)]);
        Assert.NotEqual(StratifiedSplit.Split(rows, 0.2, 1).Validation, StratifiedSplit.Split(rows, 0.2, 2).Validation);
    }

    [Fact]
    public void Each_label_gives_the_same_share()
    {
        var (train, validation) = StratifiedSplit.Split(Rows([.. Enumerable.Range(0, 1000).Select(row => row % 10 == 0 ? 2 : row % 3 == 0 ? 1 : 0)]), 0.2, 7);

        Assert.Equal(1000, train.Count + validation.Count);
        foreach (var label in train.Concat(validation).GroupBy(row => row.Label))
        {
            Assert.Equal(Math.Round(label.Count() * 0.2), validation.Count(row => row.Label == label.Key));
        }
    }

    [Fact]
    public void The_same_row_is_never_on_both_sides()
    {
        LabelledText[] rows = [.. Enumerable.Range(0, 200).Select(row => new LabelledText($"text {row % 20}", row % 2, new SourceLocation("train.csv", row + 2)))];

        var (train, validation) = StratifiedSplit.Split(rows, 0.3, 42);

        Assert.NotEmpty(validation);
        Assert.Empty(train.Select(row => row.Text).Intersect(validation.Select(row => row.Text)));
    }

    [Property(MaxTest = 200)]
    public void Every_label_with_two_rows_is_on_both_sides_and_no_row_is_lost(byte[] labels, PositiveInt seed, byte share)
    {
        var rows = Rows([.. (labels ?? []).Select(label => label % 5)]);

        var (train, validation) = StratifiedSplit.Split(rows, (share + 0.5) / 256, seed.Get);

        Assert.Equal(rows, train.Concat(validation).OrderBy(row => row.Origin.Line));
        Assert.Equal(train, train.OrderBy(row => row.Origin.Line));
        foreach (var label in rows.GroupBy(row => row.Label).Where(label => label.Count() > 1))
        {
            Assert.Contains(train, row => row.Label == label.Key);
            Assert.Contains(validation, row => row.Label == label.Key);
        }
    }

    private static LabelledText[] Rows(int[] labels) => [.. labels.Select((label, row) => new LabelledText($"row {row}", label, new SourceLocation("train.csv", row + 2)))];
}
