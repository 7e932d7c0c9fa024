using FineTune.Core.Diagnostics;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Store;

public class RemoteCacheSettingsTests
{
    private static readonly string Base = Path.GetTempPath();

    [Fact]
    public void Without_a_setting_there_is_no_remote_cache()
    {
        Assert.Null(Resolve(null));
        Assert.Null(Resolve(" "));
        Assert.Null(Resolve("none", environment: ("FINETUNE_REMOTE_CACHE", "https://cache.example")));
    }

    [Fact]
    public void What_is_given_wins_over_the_environment()
    {
        (string, string)[] environment = [("FINETUNE_REMOTE_CACHE", "https://other.example/b/"), ("FINETUNE_REMOTE_CACHE_MODE", "readwrite")];

        Assert.Equal(new RemoteCacheSettings { Address = "https://cache.example/a", Mode = RemoteCacheMode.Read }, Resolve("https://cache.example/a/", "Read", environment: environment));
        Assert.Equal(new RemoteCacheSettings { Address = "https://other.example/b", Mode = RemoteCacheMode.ReadWrite }, Resolve(null, environment: environment));
    }

    [Fact]
    public void A_cache_is_read_only_unless_it_is_said_otherwise() => Assert.Equal(RemoteCacheMode.Read, Resolve("https://cache.example")!.Mode);

    [Fact]
    public void A_folder_may_be_relative_or_a_file_address()
    {
        Assert.Equal(Path.Combine(Base, "share"), Resolve("share")!.Address);
        Assert.Equal("/mnt/share", Resolve("file:///mnt/share")!.Address);
        Assert.False(Resolve("share")!.IsHttp);
    }

    [Theory]
    [InlineData("http://localhost:8080/cache")]
    [InlineData("http://127.0.0.1/cache")]
    [InlineData("http://[::1]/cache")]
    public void The_same_machine_needs_no_encryption(string address) => Assert.True(Resolve(address)!.IsHttp);

    [Fact]
    public void Another_machine_needs_encryption_or_a_permission()
    {
        Assert.Contains("not encrypted", Refusal("http://cache.example"), StringComparison.Ordinal);
        Assert.True(Resolve("http://cache.example", allowHttp: "true")!.AllowHttp);
        Assert.True(Resolve("http://cache.example", environment: ("FINETUNE_REMOTE_CACHE_ALLOW_HTTP", "1"))!.AllowHttp);
    }

    [Theory]
    [InlineData("https://user:hunter2@cache.example/a")]
    [InlineData("https://hunter2@cache.example/a")]
    [InlineData("https://cache.example/a?token=hunter2")]
    [InlineData("https://cache.example/a#hunter2")]
    public void Secrets_in_an_address_are_refused_and_not_repeated(string address) => Assert.DoesNotContain("hunter2", Refusal(address), StringComparison.Ordinal);

    [Theory]
    [InlineData("ftp://cache.example/a")]
    [InlineData("https://")]
    [InlineData("s3://bucket")]
    public void Other_addresses_are_refused(string address) => Refusal(address);

    [Fact]
    public void An_unknown_mode_is_refused_with_the_known_ones()
        => Assert.Contains("Use Read or ReadWrite", Assert.Throws<FineTuneException>(() => Resolve("https://cache.example", "Write")).Message, StringComparison.Ordinal);

    private static string Refusal(string address)
    {
        var exception = Assert.Throws<FineTuneException>(() => Resolve(address));
        Assert.Equal("FT6010", exception.Code);
        return exception.Message;
    }

    private static RemoteCacheSettings? Resolve(string? address, string? mode = null, string? allowHttp = null, params (string Name, string Value)[] environment)
        => RemoteCacheSettings.Resolve(address, mode, allowHttp, Base, name => environment.FirstOrDefault(variable => variable.Name == name).Value);
}
