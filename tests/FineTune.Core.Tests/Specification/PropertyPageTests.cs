using System.Xml.Linq;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public class PropertyPageTests
{
    private const string File = "build/build/FineTune.Build.FineTuneModel.xaml";

    [Fact]
    public void What_IDEs_know_of_the_metadata_is_up_to_date()
    {
        var path = RepositoryFiles.Path(File);
        var expected = PropertyPageDocument.Write().ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("FINETUNE_UPDATE_DOCS") == "1")
        {
            System.IO.File.WriteAllText(path, expected);
        }

        Assert.True(
            System.IO.File.Exists(path) && System.IO.File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            $"{File} is out of date. Regenerate it: FINETUNE_UPDATE_DOCS=1 dotnet test --project tests/FineTune.Core.Tests");
    }

    [Fact]
    public void Every_option_has_a_description_and_those_with_listed_values_have_them()
    {
        var properties = XDocument.Parse(PropertyPageDocument.Write()).Descendants().Where(element => element.Name.LocalName.EndsWith("Property", StringComparison.Ordinal)).ToList();

        Assert.Equal(PlanOptions.All.Select(option => option.MetadataName), properties.Select(property => property.Attribute("Name")!.Value));
        Assert.All(properties, property => Assert.NotEmpty(property.Attribute("Description")!.Value));
        Assert.Equal(["Full", "Frozen", "LayerwiseDecay"], properties.Single(property => property.Attribute("Name")!.Value == "Strategy").Elements().Select(value => value.Attribute("Name")!.Value));
    }
}
