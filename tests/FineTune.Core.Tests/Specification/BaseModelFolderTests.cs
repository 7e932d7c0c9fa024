using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class BaseModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BaseModelFolderTests() => _folder.Write("models/tiny/config.json", "{}");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("builtin:tiny")]
    [InlineData("builtin:Tiny")]
    public void A_built_in_model_is_a_folder_of_the_built_in_models(string name) =>
        Assert.Equal(_folder.At("models", "tiny"), BaseModelFolder.Resolve(name, _folder.At("models")));

    [Fact]
    public void Any_other_model_is_the_folder_itself() =>
        Assert.Equal(_folder.At("models", "tiny"), BaseModelFolder.Resolve(_folder.At("models", "tiny"), _folder.At("elsewhere")));

    [Theory]
    [InlineData("builtin:huge", "Built in: builtin:tiny.")]
    [InlineData("/no/such/folder", "does not exist")]
    public void A_model_that_does_not_exist_is_named(string name, string message)
    {
        var exception = Assert.Throws<FineTuneException>(() => BaseModelFolder.Resolve(name, _folder.At("models")));

        Assert.Equal("FT2001", exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_configuration_is_no_model() =>
        Assert.Contains("config.json", Assert.Throws<FineTuneException>(() => BaseModelFolder.Resolve(_folder.Path, _folder.Path)).Message, StringComparison.Ordinal);
}
