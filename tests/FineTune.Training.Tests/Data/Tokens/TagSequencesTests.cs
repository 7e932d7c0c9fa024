using FineTune.Core.Specification;
using FineTune.Training.Data.Tokens;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Data.Tokens;

public class TagSequencesTests
{
    [Theory]
    [InlineData("B-x I-x O B-x B-x", TagScheme.Bio)]
    [InlineData("I-x I-x O I-y B-y", TagScheme.Iob1)]
    [InlineData("I-x I-x O I-y I-x", TagScheme.Iob1)]
    [InlineData("B-x I-x O I-y", TagScheme.Bio)]
    [InlineData("O O", TagScheme.Bio)]
    [InlineData("B-x E-x O S-y", TagScheme.Bioes)]
    [InlineData("B-x L-x O", TagScheme.Bioes)]
    [InlineData("O U-x", TagScheme.Bioes)]
    public void The_scheme_shows_in_the_tags(string tags, TagScheme scheme) => Assert.Equal(scheme, TagSequences.Detect([Parse(tags)]));

    [Theory]
    [InlineData(TagScheme.Bio, "B-x I-x O B-x B-x I-x B-y", "B-x I-x O B-x B-x I-x B-y", "")]
    [InlineData(TagScheme.Bio, "I-x I-x O I-y B-y I-x", "B-x I-x O B-y B-y B-x", "0 3 5")]
    [InlineData(TagScheme.Iob1, "I-x I-x O I-y B-y I-y I-x", "B-x I-x O B-y B-y I-y B-x", "")]
    [InlineData(TagScheme.Iob1, "B-x I-x O B-y", "B-x I-x O B-y", "0 3")]
    [InlineData(TagScheme.Bioes, "B-x I-x E-x S-x O B-y E-y S-y", "B-x I-x I-x B-x O B-y I-y B-y", "")]
    [InlineData(TagScheme.Bioes, "B-x O E-x I-x S-y", "B-x O B-x B-x B-y", "1 2 3 4")]
    [InlineData(TagScheme.Bioes, "B-x I-x", "B-x I-x", "1")]
    [InlineData(TagScheme.Bioes, "U-x B-y L-y", "B-x B-y I-y", "")]
    public void Any_scheme_becomes_BIO_and_what_breaks_it_is_told(TagScheme scheme, string tags, string expected, string invalid)
    {
        var places = new List<int>();

        var bio = TagSequences.ToBio(Parse(tags), scheme, places.Add);

        Assert.Equal(expected, string.Join(' ', bio));
        Assert.Equal(invalid, string.Join(' ', places));
    }

    [Property(MaxTest = 500)]
    public Property What_comes_out_is_valid_BIO_with_the_same_types() => Prop.ForAll(Gen.Elements("O", "B-x", "I-x", "E-x", "S-x", "B-y", "I-y", "E-y", "S-y").ListOf().ToArbitrary(), Gen.Elements(TagScheme.Bio, TagScheme.Iob1, TagScheme.Bioes).ToArbitrary(), (tags, scheme) =>
    {
        WordTag[] read = [.. tags.Select(tag => WordTag.Parse(tag)!.Value)];
        var bio = TagSequences.ToBio(read, scheme, _ => { });

        var again = new List<int>();
        Assert.Equal(bio, TagSequences.ToBio(bio, TagScheme.Bio, again.Add));
        Assert.Empty(again);
        Assert.Equal(read.Select(tag => tag.Type), bio.Select(tag => tag.Type));
    });

    [Fact]
    public void Tags_have_their_indices_in_the_order_of_the_types()
    {
        var types = new Dictionary<string, int> { ["x"] = 0, ["y"] = 1 };

        var tags = EntityTagSet.TagsOf(["x", "y"]);

        Assert.Equal(["O", "B-x", "I-x", "B-y", "I-y"], tags);
        Assert.All(tags, (tag, index) => Assert.Equal(index, EntityTagSet.IndexOf(WordTag.Parse(tag)!.Value, types)));
        Assert.Equal([(0, 2, 0), (2, 3, 0), (4, 7, 1)], EntityTagSet.Entities([1, 2, 1, 0, 3, 4, 4]));
    }

    private static WordTag[] Parse(string tags) => [.. tags.Split(' ').Select(tag => WordTag.Parse(tag)!.Value)];
}
