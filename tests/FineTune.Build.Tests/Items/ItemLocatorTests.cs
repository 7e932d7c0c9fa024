using FineTune.Build.Items;
using FineTune.Core.Diagnostics;

namespace FineTune.Build.Tests.Items;

public sealed class ItemLocatorTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_place_is_the_angle_bracket_of_the_item()
        => Assert.Equal((4, 5), Find("<Project>\n  <ItemGroup>\n    <FineTuneModel Include=\"Topic\" />\n    <FineTuneModel Include=\"Sentiment\"\n       Epochs=\"3\" />\n  </ItemGroup>\n</Project>"));

    [Fact]
    public void One_element_may_name_several_models() => Assert.Equal((1, 21), Find("<Project><ItemGroup><FineTuneModel Include=\"Topic; Sentiment\" /></ItemGroup></Project>"));

    [Fact]
    public void The_old_project_namespace_is_understood()
        => Assert.Equal((2, 12), Find("<Project xmlns=\"http://schemas.microsoft.com/developer/msbuild/2003\">\n<ItemGroup><FineTuneModel Include=\"Sentiment\" /></ItemGroup></Project>"));

    [Fact]
    public void Include_is_preferred_to_Update()
        => Assert.Equal((3, 1), Find("<Project><ItemGroup>\n<FineTuneModel Update=\"Sentiment\" Seed=\"1\" />\n<FineTuneModel Include=\"Sentiment\" /></ItemGroup></Project>"));

    [Theory]
    [InlineData("<Project />")]
    [InlineData("<Project><ItemGroup><FineTuneModel Include=\"@(Names)\" /></ItemGroup></Project>")]
    [InlineData("not XML")]
    public void Without_such_an_element_the_place_is_the_file(string content) => Assert.Equal((0, 0), Find(content));

    [Fact]
    public void A_file_that_is_not_there_is_still_a_place()
        => Assert.Equal(new SourceLocation(directory.File("none.csproj")), ItemLocator.Find(directory.File("none.csproj"), ModelItem.ItemType, "Sentiment"));

    private (int Line, int Column) Find(string content)
    {
        var project = directory.Write("app.csproj", content);
        var place = ItemLocator.Find(project, ModelItem.ItemType, "Sentiment");
        Assert.Equal(project, place.File);
        return (place.Line, place.Column);
    }
}
