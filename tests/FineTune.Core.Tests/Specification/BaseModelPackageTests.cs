using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using NuGet.Versioning;

namespace FineTune.Core.Tests.Specification;

public sealed class BaseModelPackageTests
{
    [Theory]
    [InlineData("package:Contoso.Models.Sst", "1.0.0 1.2.3 2.1.0-beta.1 2.1.0")]
    [InlineData("PACKAGE: Contoso.Models.Sst", "1.0.0 1.2.3 2.1.0-beta.1 2.1.0")]
    [InlineData("package:Contoso.Models.Sst/1.2.3", "1.2.3 2.1.0-beta.1 2.1.0")]
    [InlineData("package:Contoso.Models.Sst/[1.2,2.0)", "1.2.3")]
    [InlineData("package:Contoso.Models.Sst/ [1.2.3] ", "1.2.3")]
    [InlineData("package:Contoso.Models.Sst/[2.1.0-beta.1]", "2.1.0-beta.1")]
    public void The_range_is_read_as_NuGet_reads_it(string name, string versions)
    {
        var package = BaseModelPackage.Parse(name);

        Assert.Equal("Contoso.Models.Sst", package.Id);
        Assert.Equal(versions, string.Join(' ', new[] { "1.0.0", "1.2.3", "2.1.0-beta.1", "2.1.0" }.Where(version => package.Range.Satisfies(NuGetVersion.Parse(version)))));
    }

    [Theory]
    [InlineData("package:Id/[1.2]", true)]
    [InlineData("package:Id/[1.2,1.2.0]", true)]
    [InlineData("package:Id/1.2", false)]
    [InlineData("package:Id/[1.2,1.3]", false)]
    [InlineData("package:Id/*", false)]
    [InlineData("package:Id", false)]
    public void A_range_of_one_version_is_exact(string name, bool isExact) => Assert.Equal(isExact, BaseModelPackage.Parse(name).IsExact);

    [Theory]
    [InlineData("package:", "'' is not the id of a NuGet package")]
    [InlineData("package:a b", "'a b' is not the id")]
    [InlineData("package:../secret", "'..' is not the id")]
    [InlineData("package:Contoso..Models", "'Contoso..Models' is not the id")]
    [InlineData("package:Id /1.0", "'Id ' is not the id")]
    [InlineData("package:Id/", "'' is not a range of versions")]
    [InlineData("package:Id/newest", "'newest' is not a range")]
    [InlineData("package:Id/[2.0,1.0]", "'[2.0,1.0]' is not a range")]
    [InlineData("package:Id/(1.0,1.0]", "'(1.0,1.0]' is not a range")]
    [InlineData("package:Id/1.0/2.0", "'1.0/2.0' is not a range")]
    public void What_is_not_of_the_form_is_a_mistake_at_its_place(string name, string message)
    {
        var exception = Assert.Throws<FineTuneException>(() => BaseModelPackage.Parse(name, new SourceLocation("app.csproj", 3, 5)));

        Assert.Equal("FT0003", exception.Code);
        Assert.Equal(new SourceLocation("app.csproj", 3, 5), exception.Diagnostics[0].Location);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_name_the_range_as_it_was_written()
        => Assert.Equal(["Id", "Id [1.2,2)"], new[] { "package:Id", "package:Id/[1.2,2)" }.Select(name => BaseModelPackage.Parse(name).ToString()));
}
