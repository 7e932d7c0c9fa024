using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;
using FineTune.Training.Remote;

namespace FineTune.Training.Tests.Remote;

public sealed class RemoteCacheTests : IDisposable
{
    private const string Secret = "hunter2-token";

    private static readonly string Index = $"ac/{CacheScene.Fingerprint}";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private readonly CacheScene _scene = new();
    private readonly TestServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _scene.Dispose();
    }

    [Fact]
    public void What_one_machine_puts_there_another_one_fetches()
    {
        var (_, entry) = _scene.StoreWithModel();

        Assert.True(_scene.Http(_server.Address).Upload(entry, Cancellation));
        var fetched = Fetch(_scene.NewStore());

        Assert.True(CacheScene.AreSame(entry, fetched!));
        Assert.Equal(["FT6014"], _scene.Codes);
        Assert.Equal([Index, .. entry.Files.Where(file => file.Key != "empty.txt").Select(file => $"cas/{file.Value}")], _server.Files.Keys.Order(StringComparer.Ordinal).ToHashSet());
        Assert.All(_server.Files.Where(file => file.Key != Index), file => Assert.Equal($"cas/{ContentHash.OfBytes(file.Value)}", file.Key));
        Assert.Equal(File.ReadAllBytes(Path.Combine(entry.Directory, "entry.json")), _server.Files[Index]);
        Assert.Equal(Index, _server.Requests.Last(request => request.Method == "PUT").Path);
    }

    [Fact]
    public void What_the_cache_lacks_costs_one_request_and_no_word()
    {
        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal([$"GET {Index}"], _server.Lines);
        Assert.Empty(_scene.Reported);
    }

    [Fact]
    public void A_cache_that_is_only_read_is_never_written()
    {
        var (_, entry) = _scene.StoreWithModel();

        Assert.False(_scene.Http(_server.Address, RemoteCacheMode.Read).Upload(entry, Cancellation));

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void The_first_upload_wins_and_files_that_are_there_are_not_sent_again()
    {
        var (_, entry) = Uploaded();
        _server.Files.TryRemove(Index, out _);
        var before = _server.Requests.Count;

        Assert.True(_scene.Http(_server.Address).Upload(entry, Cancellation));
        Assert.Equal([$"PUT {Index}"], _server.Lines.Skip(before).Where(line => line.StartsWith("PUT", StringComparison.Ordinal)));

        before = _server.Requests.Count;
        Assert.True(_scene.Http(_server.Address).Upload(entry, Cancellation));
        Assert.Equal([$"HEAD {Index}"], _server.Lines.Skip(before));
    }

    [Fact]
    public void A_changed_file_is_not_used_and_the_next_upload_replaces_it()
    {
        var (_, entry) = Uploaded();
        _server.Files[BlobOf(entry)][1000] ^= 1;
        var store = _scene.NewStore();
        var cache = _scene.Http(_server.Address);

        Assert.Null(cache.FetchModel(store, CacheScene.Fingerprint, Cancellation));

        Assert.Equal(["FT6012"], _scene.Codes);
        AssertNothingStored(store);
        Assert.True(cache.Upload(entry, Cancellation));
        Assert.True(CacheScene.AreSame(entry, Fetch(_scene.NewStore())!));
    }

    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"HASH","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"../HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":-1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":9223372036854775807,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"},"../evil":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"},"/etc/evil":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"},"c:evil":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"},"entry.json":{"size":1,"sha256":"HASH"}}}""")]
    [InlineData("""{"fingerprint":"FINGERPRINT","files":{"model.ftmodel":{"size":1,"sha256":"HASH"},"metrics.json":{"size":1,"sha256":"HASH"},"a/./b":{"size":1,"sha256":"HASH"}}}""")]
    public void An_index_that_no_machine_of_ours_wrote_is_not_followed(string index)
    {
        _server.Files[Index] = Encoding.UTF8.GetBytes(index.Replace("FINGERPRINT", CacheScene.Fingerprint, StringComparison.Ordinal).Replace("HASH", ContentHash.OfBytes([7]), StringComparison.Ordinal));
        _server.Files[$"cas/{ContentHash.OfBytes([7])}"] = [7];
        var store = _scene.NewStore();

        Assert.Null(Fetch(store));

        Assert.Equal(["FT6012"], _scene.Codes);
        Assert.Equal([$"GET {Index}"], _server.Lines);
        AssertNothingStored(store);
    }

    [Fact]
    public void An_entry_whose_file_the_server_evicted_counts_as_damaged()
    {
        var (_, entry) = Uploaded();
        _server.Files.TryRemove(BlobOf(entry), out _);

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6012"], _scene.Codes);
    }

    [Fact]
    public void A_body_that_breaks_off_is_asked_for_once_more()
    {
        var (_, entry) = Uploaded();
        var isFirst = true;
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            var isBroken = isFirst;
            isFirst = false;
            if (isBroken)
            {
                await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {content.Length}\n\n", cancellation);
                await stream.WriteAsync(content.AsMemory(0, 1000), cancellation);
            }

            return isBroken;
        });

        Assert.True(CacheScene.AreSame(entry, Fetch(_scene.NewStore())!));
    }

    [Fact]
    public void A_body_that_always_breaks_off_is_given_up()
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {content.Length}\n\n", cancellation);
            await stream.WriteAsync(content.AsMemory(0, 1000), cancellation);
            return true;
        });
        var store = _scene.NewStore();

        Assert.Null(Fetch(store));

        Assert.Equal(["FT6011"], _scene.Codes);
        Assert.Equal(2, _server.Lines.Count(line => line == $"GET {BlobOf(entry)}"));
        AssertNothingStored(store);
    }

    [Theory]
    [InlineData("Content-Length: 299999\n")]
    [InlineData("Content-Length: 300001\n")]
    public void A_body_of_another_length_is_not_even_read(string header)
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\n{header}\n", cancellation);
            await stream.WriteAsync(content, cancellation);
            return true;
        });

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6012"], _scene.Codes);
    }

    [Fact]
    public void A_body_without_end_is_cut_where_it_should_end()
    {
        var (_, entry) = Uploaded();
        long sent = 0;
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, "HTTP/1.1 200 OK\n\n", cancellation);
            while (true)
            {
                await stream.WriteAsync(content, cancellation);
                sent += content.Length;
            }
        });

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6012"], _scene.Codes);
        Assert.InRange(sent, 0, 100_000_000);
    }

    [Fact]
    public void A_shorter_body_without_a_length_is_damaged()
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, "HTTP/1.1 200 OK\nConnection: close\n\n", cancellation);
            await stream.WriteAsync(content.AsMemory(1), cancellation);
            return true;
        });

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6012"], _scene.Codes);
    }

    [Fact]
    public void Packed_content_is_refused()
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {content.Length}\nContent-Encoding: gzip\n\n", cancellation);
            return true;
        });

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6011"], _scene.Codes);
    }

    [Theory]
    [InlineData("500 Internal Server Error", 1)]
    [InlineData("503 Service Unavailable", 2)]
    [InlineData("401 Unauthorized", 1)]
    [InlineData("403 Forbidden", 1)]
    [InlineData("204 No Content", 1)]
    [InlineData("206 Partial Content", 1)]
    [InlineData("302 Found", 1)]
    public void A_server_that_does_not_serve_is_asked_no_more(string status, int requests)
    {
        _server.AnswerAll(status);
        var (_, entry) = _scene.StoreWithModel();
        var cache = _scene.Http(_server.Address, credentials: new AuthenticationHeaderValue("Bearer", Secret));

        Assert.Null(cache.FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation));
        Assert.Null(cache.FetchTraining(_scene.NewStore(), CacheScene.Fingerprint, Cancellation));
        Assert.False(cache.Upload(entry, Cancellation));

        var warning = Assert.Single(_scene.Reported);
        Assert.Equal("FT6011", warning.Code);
        Assert.DoesNotContain(Secret, warning.Message, StringComparison.Ordinal);
        Assert.Equal(requests, _server.Requests.Count);
    }

    [Fact]
    public void A_server_that_is_busy_for_a_moment_is_asked_again()
    {
        var (_, entry) = Uploaded();
        var isFirst = true;
        _server.Misbehave = async (_, stream, cancellation) =>
        {
            if (!isFirst)
            {
                return false;
            }

            isFirst = false;
            await TestServer.SendAsync(stream, "HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n", cancellation);
            return true;
        };

        Assert.True(CacheScene.AreSame(entry, Fetch(_scene.NewStore())!));
    }

    [Fact]
    public void A_server_that_does_not_answer_delays_a_run_by_the_stated_time()
    {
        _server.Misbehave = async (_, _, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        };
        var clock = Stopwatch.StartNew();

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Equal(["FT6011"], _scene.Codes);
        Assert.InRange(clock.Elapsed, CacheScene.Limits.Response - TimeSpan.FromMilliseconds(50), Soon);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(20, "is too slow")]
    [InlineData(5000, "sent nothing")]
    public void A_server_that_drips_is_given_up(int pause, string expected)
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {content.Length}\n\n", cancellation);
            foreach (var value in content)
            {
                await stream.WriteAsync(new[] { value }, cancellation);
                await Task.Delay(pause, cancellation);
            }

            return true;
        });
        var clock = Stopwatch.StartNew();

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Contains(expected, Assert.Single(_scene.Reported, diagnostic => diagnostic.Code == "FT6011").Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Soon);
    }

    [Fact]
    public void Everything_together_takes_no_longer_than_the_budget()
    {
        var (_, entry) = Uploaded();
        MisbehaveAtBlob(entry, async (content, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {content.Length}\n\n", cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        });
        var cache = _scene.Http(_server.Address, limits: CacheScene.Limits with { Window = TimeSpan.FromMinutes(1), Budget = TimeSpan.FromMilliseconds(300) });

        Assert.Null(cache.FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation));

        Assert.Contains("in all", Assert.Single(_scene.Reported).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_the_waiting_at_once_and_is_no_failure()
    {
        using var cancellation = new CancellationTokenSource();
        _server.Misbehave = async (_, _, stop) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, stop);
            return true;
        };
        var cache = _scene.Http(_server.Address, limits: RemoteLimits.Default);
        var clock = Stopwatch.StartNew();

        Assert.ThrowsAny<OperationCanceledException>(() => cache.FetchModel(_scene.NewStore(), CacheScene.Fingerprint, cancellation.Token));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Soon);
        Assert.Empty(_scene.Reported);
    }

    [Fact]
    public void A_server_that_is_not_there_costs_two_attempts_and_one_warning()
    {
        var gone = new TestServer();
        var address = gone.Address;
        gone.Dispose();

        Assert.Null(_scene.Http(address).FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation));

        Assert.Equal(["FT6011"], _scene.Codes);
    }

    [Fact]
    public void The_token_goes_to_the_cache_and_not_to_where_it_redirects()
    {
        var (_, entry) = Uploaded();
        using var elsewhere = new TestServer();
        foreach (var (path, content) in _server.Files)
        {
            elsewhere.Files[path] = content;
        }

        _server.Misbehave = async (request, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 307 Temporary Redirect\nLocation: {elsewhere.Address}/{request.Path}\nContent-Length: 0\n\n", cancellation);
            return true;
        };
        var before = _server.Requests.Count;

        var fetched = _scene.Http(_server.Address, credentials: new AuthenticationHeaderValue("Bearer", Secret)).FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation);

        Assert.True(CacheScene.AreSame(entry, fetched!));
        Assert.All(_server.Requests.Skip(before), request => Assert.Equal($"Bearer {Secret}", request.Headers["authorization"]));
        Assert.NotEmpty(elsewhere.Requests);
        Assert.All(elsewhere.Requests, request => Assert.DoesNotContain("authorization", request.Headers.Keys));
    }

    [Theory]
    [InlineData("/cache/ac/again", "in circles")]
    [InlineData("ftp://127.0.0.1/x", "not encrypted")]
    public void Redirects_that_lead_nowhere_are_not_followed(string location, string expected)
    {
        _server.Misbehave = async (_, stream, cancellation) =>
        {
            await TestServer.SendAsync(stream, $"HTTP/1.1 302 Found\nLocation: {location}\nContent-Length: 0\n\n", cancellation);
            return true;
        };

        Assert.Null(Fetch(_scene.NewStore()));

        Assert.Contains(expected, Assert.Single(_scene.Reported).Message, StringComparison.Ordinal);
        Assert.InRange(_server.Requests.Count, 1, 6);
    }

    [Theory]
    [InlineData("403 Forbidden", "FINETUNE_REMOTE_CACHE_TOKEN")]
    [InlineData("413 Content Too Large", "files that large")]
    [InlineData("400 Bad Request", "--disable_http_ac_validation")]
    [InlineData("405 Method Not Allowed", "does not take files")]
    public void An_upload_that_fails_is_one_warning(string status, string expected)
    {
        _server.Misbehave = async (request, stream, cancellation) =>
        {
            if (request.Method == "PUT")
            {
                await TestServer.SendAsync(stream, $"HTTP/1.1 {status}\nContent-Length: 0\nConnection: close\n\n", cancellation);
            }

            return request.Method == "PUT";
        };
        var (_, entry) = _scene.StoreWithModel();
        var cache = _scene.Http(_server.Address);

        Assert.False(cache.Upload(entry, Cancellation));
        Assert.False(cache.Upload(entry, Cancellation));

        var warning = Assert.Single(_scene.Reported);
        Assert.Equal("FT6013", warning.Code);
        Assert.Contains(expected, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_machines_at_once_upload_and_fetch_whole_entries()
    {
        var uploaders = Enumerable.Range(0, 4).Select(_ => _scene.StoreWithModel().Entry).ToList();
        Parallel.ForEach(uploaders, entry => Assert.True(_scene.Http(_server.Address, limits: RemoteLimits.Default).Upload(entry, Cancellation)));

        Parallel.ForEach(Enumerable.Range(0, 8).Select(_ => _scene.NewStore()).ToList(), store =>
            Assert.True(CacheScene.AreSame(uploaders[0], _scene.Http(_server.Address, limits: RemoteLimits.Default).FetchModel(store, CacheScene.Fingerprint, Cancellation)!)));
    }

    [Fact]
    public void A_folder_is_a_remote_cache_too()
    {
        var folder = _scene.NewFolder();
        var (_, entry) = _scene.StoreWithModel();

        Assert.True(_scene.Folder(folder).Upload(entry, Cancellation));
        var fetched = _scene.Folder(folder, RemoteCacheMode.Read).FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation);

        Assert.True(CacheScene.AreSame(entry, fetched!));
        Assert.Empty(Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_share_that_is_not_mounted_is_not_taken_for_an_empty_one()
    {
        var folder = Path.Combine(_scene.NewFolder(), "not-mounted");
        var (_, entry) = _scene.StoreWithModel();

        Assert.Null(_scene.Folder(folder).FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation));
        Assert.False(_scene.Folder(folder).Upload(entry, Cancellation));

        Assert.Equal(["FT6011", "FT6013"], _scene.Codes);
        Assert.False(Directory.Exists(folder));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string BlobOf(StoreEntry entry) => $"cas/{entry.Files["model.ftmodel"]}";

    private static void AssertNothingStored(ModelStore store)
    {
        Assert.Null(store.FindModel(CacheScene.Fingerprint));
        var temporary = Path.Combine(store.Root, "v1", "tmp");
        Assert.Empty(Directory.Exists(temporary) ? Directory.GetFileSystemEntries(temporary) : []);
    }

    private StoreEntry? Fetch(ModelStore store) => _scene.Http(_server.Address).FetchModel(store, CacheScene.Fingerprint, Cancellation);

    private (ModelStore Store, StoreEntry Entry) Uploaded()
    {
        var stored = _scene.StoreWithModel();
        Assert.True(_scene.Http(_server.Address, limits: RemoteLimits.Default).Upload(stored.Entry, Cancellation));
        return stored;
    }

    private void MisbehaveAtBlob(StoreEntry entry, Func<byte[], Stream, CancellationToken, Task<bool>> answer) => _server.Misbehave = async (request, stream, cancellation)
        => request.Method == "GET" && request.Path == BlobOf(entry) && await answer(_server.Files[request.Path], stream, cancellation);
}
