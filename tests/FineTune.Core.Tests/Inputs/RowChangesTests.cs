using FineTune.Core.Inputs;

namespace FineTune.Core.Tests.Inputs;

public sealed class RowChangesTests
{
    [Theory]
    [InlineData("1 2 3", "1 2 3", "")]
    [InlineData("1 2 3", "1 2 3 4 5", "2 rows added")]
    [InlineData("1 2 3", "1 9 3", "1 row changed")]
    [InlineData("1 2 3", "1 3", "1 row removed")]
    [InlineData("1 2 3", "3 2 1", "")]
    [InlineData("1 2 3 4 5 6", "0 1 9 3 8 7 6", "1 row added, 3 changed")]
    [InlineData("1 1 1", "1 1 1 1", "1 row added")]
    [InlineData("1 1 2", "1 3 1 2", "1 row added")]
    [InlineData("", "1", "1 row added")]
    [InlineData("1 2 3 4", "9 4", "1 row changed, 2 removed")]
    public void Rows_that_took_the_place_of_others_are_changed(string before, string now, string expected)
        => Assert.Equal(expected, RowChanges.Between(Rows(before), Rows(now)).ToString());

    [Fact]
    public void Large_numbers_are_grouped()
        => Assert.Equal("12,000 rows added", RowChanges.Between([], [.. Enumerable.Range(1, 12_000).Select(row => (ulong)row)]).ToString());

    private static ulong[] Rows(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ulong.Parse)];
}
