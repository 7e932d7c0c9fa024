using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Training.Remote;

namespace FineTune.Training.Tests.Remote;

public sealed class HttpCredentialsTests : IDisposable
{
    private readonly string _netrc = Path.GetTempFileName();

    public void Dispose() => File.Delete(_netrc);

    [Fact]
    public void The_token_wins() => Assert.Equal("Bearer abc", Header(("FINETUNE_REMOTE_CACHE_TOKEN", "abc"), ("FINETUNE_REMOTE_CACHE_USER", "me")));

    [Fact]
    public void User_and_password_are_sent_as_they_are()
        => Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pä:ss"))}", Header(("FINETUNE_REMOTE_CACHE_USER", "me"), ("FINETUNE_REMOTE_CACHE_PASSWORD", "pä:ss")));

    [Fact]
    public void A_token_that_cannot_be_sent_is_told_but_not_shown()
    {
        var exception = Assert.Throws<FineTuneException>(() => Header(("FINETUNE_REMOTE_CACHE_TOKEN", "abc\n")));

        Assert.Equal("FT6010", exception.Code);
        Assert.DoesNotContain("abc", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_users_netrc_has_the_credentials_of_a_host()
    {
        File.WriteAllText(_netrc, "# mine\nmachine other.example login you password no\nmachine cache.example\n  login me\n  password secret\ndefault login all password everywhere\n");

        Assert.Equal($"Basic {Convert.ToBase64String("me:secret"u8)}", Header());
    }

    [Theory]
    [InlineData("")]
    [InlineData("machine other.example login you password no")]
    [InlineData("default login all password everywhere")]
    [InlineData("machine cache.example")]
    [InlineData("machine")]
    [InlineData("login x password y machine other.example")]
    public void Without_an_entry_for_the_host_nothing_is_sent(string netrc)
    {
        File.WriteAllText(_netrc, netrc);

        Assert.Null(Header());
    }

    [Fact]
    public void The_entry_of_a_host_ends_where_the_next_one_begins()
    {
        Assert.Equal(("me", ""), HttpCredentials.FindInNetrc("machine cache.example login me machine other.example password no", "cache.example"));
        Assert.Equal(("me", ""), HttpCredentials.FindInNetrc("machine cache.example login me default password no", "cache.example"));
    }

    private string? Header(params (string Name, string Value)[] environment)
        => HttpCredentials.For("cache.example", name => environment.Append(("NETRC", _netrc)).FirstOrDefault(variable => variable.Item1 == name).Item2)?.ToString();
}
