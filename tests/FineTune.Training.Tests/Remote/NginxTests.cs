using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using FineTune.Core.Store;
using FineTune.Training.Remote;

namespace FineTune.Training.Tests.Remote;

/// <summary>A real server, configured as docs/store.md says.</summary>
public sealed class NginxTests : IDisposable
{
    private readonly CacheScene _scene = new();
    private Process? _nginx;

    public void Dispose()
    {
        if (_nginx is { HasExited: false })
        {
            _nginx.Kill(entireProcessTree: true);
            _nginx.WaitForExit();
        }

        _nginx?.Dispose();
        _scene.Dispose();
    }

    [Fact]
    public async Task Entries_go_there_and_come_back()
    {
        var (address, root) = await StartAsync();
        var (_, entry) = _scene.StoreWithModel(bytes: 5_000_000);
        var cache = _scene.Http(address, credentials: Token("writer"), limits: RemoteLimits.Default);

        Assert.True(cache.Upload(entry, Cancellation), string.Join('\n', _scene.Reported));
        var fetched = Fetch(address);

        Assert.True(CacheScene.AreSame(entry, fetched!));
        Assert.True(File.Exists(Path.Combine(root, "cas", entry.Files["model.ftmodel"])));
    }

    [Fact]
    public async Task What_is_not_there_is_no_failure()
    {
        var (address, _) = await StartAsync();

        Assert.Null(Fetch(address));

        Assert.Empty(_scene.Reported);
    }

    [Fact]
    public async Task Readers_may_not_write()
    {
        var (address, root) = await StartAsync();
        var (_, entry) = _scene.StoreWithModel();

        Assert.False(_scene.Http(address, credentials: Token("reader"), limits: RemoteLimits.Default).Upload(entry, Cancellation));

        Assert.Equal(["FT6013"], _scene.Codes);
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_that_are_damaged_on_the_servers_disk_are_not_used(bool isCutOff)
    {
        var (address, root) = await StartAsync();
        var (_, entry) = _scene.StoreWithModel();
        var cache = _scene.Http(address, credentials: Token("writer"), limits: RemoteLimits.Default);
        cache.Upload(entry, Cancellation);
        using (var file = File.Open(Path.Combine(root, "cas", entry.Files["model.ftmodel"]), FileMode.Open))
        {
            file.Seek(isCutOff ? 0 : 1000, SeekOrigin.Begin);
            file.Write([1, 2, 3]);
            file.SetLength(isCutOff ? 1000 : file.Length);
        }

        Assert.Null(Fetch(address));

        Assert.Equal(["FT6012"], _scene.Codes);
    }

    [Fact]
    public async Task Many_machines_at_once_upload_and_fetch_whole_entries()
    {
        var (address, _) = await StartAsync();
        var entries = Enumerable.Range(0, 3).Select(_ => _scene.StoreWithModel().Entry).ToList();

        Parallel.ForEach(entries, entry => Assert.True(_scene.Http(address, credentials: Token("writer"), limits: RemoteLimits.Default).Upload(entry, Cancellation)));

        Parallel.For(0, 6, _ => Assert.True(CacheScene.AreSame(entries[0], Fetch(address)!)));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AuthenticationHeaderValue Token(string name) => new("Bearer", $"{name}-token");

    private StoreEntry? Fetch(string address) => _scene.Http(address, credentials: Token("reader"), limits: RemoteLimits.Default).FetchModel(_scene.NewStore(), CacheScene.Fingerprint, Cancellation);

    private async Task<(string Address, string Root)> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "nginx is not installed (Debian: nginx-light).");

        var folder = _scene.NewFolder();
        var root = _scene.NewFolder();
        var port = FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            master_process off;
            error_log stderr;
            pid {{folder}}/nginx.pid;
            events { worker_connections 64; }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                map $http_authorization $may_read {
                    default 0;
                    "Bearer reader-token" 1;
                    "Bearer writer-token" 1;
                }
                map "$request_method $http_authorization" $may_write {
                    default 0;
                    ~^(GET|HEAD) 1;
                    "PUT Bearer writer-token" 1;
                }
                server {
                    listen 127.0.0.1:{{port}};
                    location /finetune/ {
                        if ($may_read = 0) { return 401; }
                        if ($may_write = 0) { return 403; }
                        alias {{root}}/;
                        dav_methods PUT;
                        create_full_put_path on;
                        client_max_body_size 0;
                    }
                }
            }
            """, Cancellation);
        _nginx = Process.Start(new ProcessStartInfo(program!, ["-p", folder, "-e", "stderr", "-c", configuration]) { RedirectStandardError = true })!;
        _ = _nginx.StandardError.ReadToEndAsync(Cancellation);
        await WaitUntilListeningAsync(port);
        return ($"http://127.0.0.1:{port}/finetune", root);
    }

    private async Task WaitUntilListeningAsync(int port)
    {
        while (true)
        {
            Assert.False(_nginx!.HasExited, "nginx ended.");
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, Cancellation);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
