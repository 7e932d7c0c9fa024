using FineTune.Build.Versions;

namespace FineTune.Build.Tests.Versions;

public sealed class RuntimeVersionsTests
{
    [Theory]
    [InlineData("1.2.0", "1.2.0")]
    [InlineData("1.2.5", "1.2.0")]
    [InlineData("1.2.0", "1.9.3")]
    [InlineData("1.2.0", "1.2.0-preview.3")]
    [InlineData("0.3.1", "0.3.0")]
    [InlineData("1.2.0", "not a version")]
    public void Versions_that_go_together_are_no_mistake(string build, string runtime) => Assert.Null(RuntimeVersions.Mistake(build, runtime));

    [Theory]
    [InlineData("1.2.0", "1.1.9", "older than")]
    [InlineData("0.3.0", "0.2.7", "older than")]
    [InlineData("1.2.0", "2.0.0-preview.1", "too new for")]
    [InlineData("0.3.0", "0.4.0", "too new for")]
    public void Others_are_with_a_way_out(string build, string runtime, string expected)
    {
        var mistake = RuntimeVersions.Mistake(build, runtime);

        Assert.Contains($"FineTune.Runtime {runtime} is {expected} FineTune.Build {build}", mistake, StringComparison.Ordinal);
        Assert.Contains("Update FineTune.", mistake, StringComparison.Ordinal);
    }
}
