using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FineTune.Core.Tests.Specification;

public class TextAugmentationTests
{
    [Fact]
    public void The_order_of_writing_means_nothing()
    {
        var first = TextAugmentation.Parse("typo:0.05,delete:0.1,swap:0.2");
        var second = TextAugmentation.Parse(" Swap : 0.20 ; TYPO:.05;delete:1e-1");

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.Equal([AugmentationOperation.Swap, AugmentationOperation.Delete, AugmentationOperation.Typo], first.Steps.Select(step => step.Operation));
        Assert.Equal("swap:0.2,delete:0.1,typo:0.05", second.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData(",;")]
    public void A_text_without_operations_has_none(string? text) => Assert.Empty(TextAugmentation.Parse(text).Steps);

    [Property]
    public Property What_is_written_is_read_again()
    {
        var step = from operation in Gen.Elements(Enum.GetValues<AugmentationOperation>())
                   from probability in Gen.Choose(1, 99999)
                   select new AugmentationStep(operation, probability / 100000.0);
        return Prop.ForAll(step.ArrayOf().Select(steps => steps.DistinctBy(one => one.Operation).ToArray()).ToArbitrary(), steps =>
            TextAugmentation.Parse(string.Join(";", steps.Select(one => one.ToString()))).Steps.SequenceEqual(steps.OrderBy(one => one.Operation)));
    }

    [Property]
    public bool Any_text_is_either_understood_or_refused_with_codes(string? text)
    {
        try
        {
            return TextAugmentation.Parse(text).Steps.All(step => step.Probability is > 0 and < 1);
        }
        catch (FineTuneException exception)
        {
            return exception.Diagnostics.All(mistake => mistake.Code is "FT0003" or "FT0004" or "FT0005" or "FT0007");
        }
    }
}
