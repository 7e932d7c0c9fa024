using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FineTune.Training.Tests.Remote;

/// <summary>A file server with GET, HEAD and PUT, on a socket of its own so that it can also answer what no decent server answers.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public TestServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/cache";

    /// <summary>The content of files by path below <see cref="Address"/>.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>Method, path and headers of every request.</summary>
    public ConcurrentQueue<TestRequest> Requests { get; } = new();

    /// <summary>What to answer instead, in bytes as they go over the line; <see langword="null"/> to answer as a decent server.</summary>
    public Func<TestRequest, Stream, CancellationToken, Task<bool>>? Misbehave { get; set; }

    public IEnumerable<string> Lines => Requests.Select(request => $"{request.Method} {request.Path}");

    public static Task SendAsync(Stream stream, string text, CancellationToken cancellation) => stream.WriteAsync(Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")), cancellation).AsTask();

    /// <summary>Answers every request with a status and no body.</summary>
    public void AnswerAll(string status) => Misbehave = async (_, stream, cancellation) =>
    {
        await SendAsync(stream, $"HTTP/1.1 {status}\nContent-Length: 0\n\n", cancellation);
        return true;
    };

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream, _stop.Token) is { } request)
                {
                    Requests.Enqueue(request);
                    if (Misbehave is { } misbehave && await misbehave(request, stream, _stop.Token))
                    {
                        return;
                    }

                    await AnswerAsync(request, stream, _stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // The client went away.
            }
        }
    }

    private async Task AnswerAsync(TestRequest request, Stream stream, CancellationToken cancellation)
    {
        if (request.Method == "PUT")
        {
            if (request.Headers.ContainsKey("expect"))
            {
                await SendAsync(stream, "HTTP/1.1 100 Continue\n\n", cancellation);
            }

            var body = new byte[int.Parse(request.Headers["content-length"], CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, cancellation);
            Files[request.Path] = body;
            await SendAsync(stream, "HTTP/1.1 201 Created\nContent-Length: 0\n\n", cancellation);
            return;
        }

        var isFound = Files.TryGetValue(request.Path, out var content);
        await SendAsync(stream, $"HTTP/1.1 {(isFound ? "200 OK" : "404 Not Found")}\nContent-Length: {content?.Length ?? 0}\n\n", cancellation);
        if (isFound && request.Method == "GET")
        {
            await stream.WriteAsync(content, cancellation);
        }
    }

    private static async Task<TestRequest?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || Encoding.ASCII.GetString([.. head[^4..]]) != "\r\n\r\n")
        {
            if (await stream.ReadAsync(one, cancellation) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var parts = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        return new TestRequest(parts[0], parts[1].Replace("/cache/", "", StringComparison.Ordinal), headers);
    }
}
