using FineTune.Core.Diagnostics;
using FineTune.Training.Export;

namespace FineTune.Training.Tests.Export;

public sealed class ExportParityTests
{
    private static readonly SourceLocation[] Origins = [new("rows.csv", 2, 1), new("rows.csv", 3, 1), new("rows.csv", 4, 1)];

    [Fact]
    public void Small_differences_pass_and_the_largest_is_returned()
    {
        var difference = ExportParity.Check([[1f, 2f], [3f, 4f]], [[1f, 2f], [3f, 4.00005f]], Origins);

        Assert.Equal(0.00005, difference, 1e-6);
    }

    [Fact]
    public void The_worst_row_is_named()
    {
        var exception = Assert.Throws<FineTuneException>(() => ExportParity.Check([[1f, 2f], [3f, 4f], [5f, 6f]], [[1.001f, 2f], [3f, 4.5f], [5f, 6f]], Origins));

        Assert.Equal("FT4050", exception.Code);
        Assert.Equal(Origins[1], exception.Diagnostics[0].Location);
        Assert.Contains("row 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0.5", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    public void What_is_not_a_number_never_passes(float trained, float exported)
    {
        var exception = Assert.Throws<FineTuneException>(() => ExportParity.Check([[trained]], [[exported]], []));

        Assert.Equal("FT4050", exception.Code);
    }

    [Fact]
    public void Lists_of_different_shape_are_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => ExportParity.Check([[1f]], [], []));
        Assert.Throws<ArgumentException>(() => ExportParity.Check([[1f, 2f]], [[1f]], []));
    }
}
