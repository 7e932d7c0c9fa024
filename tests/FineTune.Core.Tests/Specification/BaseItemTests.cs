using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class BaseItemTests
{
    [Theory]
    [InlineData("domain", "Domain")]
    [InlineData("item:DOMAIN", "Domain")]
    [InlineData("./Domain", null)]
    [InlineData("Model", null)]
    [InlineData("item:Model", "Model")]
    [InlineData(null, null)]
    public void A_base_model_may_be_another_item(string? written, string? item) => Assert.Equal(item, BaseModelFolder.FindItem(written, "Model", ["Domain", "Model"]));
}
