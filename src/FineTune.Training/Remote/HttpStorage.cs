using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace FineTune.Training.Remote;

/// <summary>A server that speaks GET, HEAD and PUT: WebDAV, Bazel's cache servers, or a plain file server for reading. Proxies are those of the system.</summary>
internal sealed class HttpStorage : IRemoteStorage
{
    private const int MostRedirects = 5;

    private readonly Uri _root;
    private readonly AuthenticationHeaderValue? _credentials;
    private readonly HttpClient _client;

    /// <summary>Prepares requests; nothing is connected yet.</summary>
    /// <param name="address">The address below which the files lie.</param>
    /// <param name="credentials">The header that proves who asks; sent to this address only.</param>
    /// <param name="limits">The time to connect.</param>
    public HttpStorage(string address, AuthenticationHeaderValue? credentials, RemoteLimits limits)
    {
        _root = new Uri(address.TrimEnd('/') + "/");
        _credentials = credentials;
        _client = new HttpClient(new SocketsHttpHandler
        {
            // Redirects are followed here, because credentials must not go along; and bytes are hashed as they are stored, never unpacked.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = limits.Connect,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("finetune", typeof(HttpStorage).Assembly.GetName().Version!.ToString(3)));
    }

    public string Name => _root.AbsoluteUri.TrimEnd('/');

    public async Task<RemoteContent?> OpenAsync(string path, CancellationToken cancellation)
    {
        var response = await SendAsync(HttpMethod.Get, path, content: null, cancellation).ConfigureAwait(false);
        try
        {
            if (IsMissing(response.StatusCode))
            {
                response.Dispose();
                return null;
            }

            Require(response.StatusCode == HttpStatusCode.OK, response);
            if (response.Content.Headers.ContentEncoding.Count > 0)
            {
                throw new RemoteCacheException($"sends packed content ({string.Join(", ", response.Content.Headers.ContentEncoding)}), which was not asked for");
            }

            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return new RemoteContent(stream, response.Content.Headers.ContentLength, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task<long?> FindSizeAsync(string path, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Head, path, content: null, cancellation).ConfigureAwait(false);
        if (IsMissing(response.StatusCode) || response.StatusCode == HttpStatusCode.MethodNotAllowed)
        {
            return null;
        }

        Require(response.IsSuccessStatusCode, response);
        return response.Content.Headers.ContentLength ?? -1;
    }

    public async Task WriteAsync(string path, Stream content, long size, CancellationToken cancellation)
    {
        using var body = new StreamContent(content);
        body.Headers.ContentLength = size;
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await SendAsync(HttpMethod.Put, path, body, cancellation).ConfigureAwait(false);
        Require(response.IsSuccessStatusCode, response);
    }

    public void Dispose() => _client.Dispose();

    private static bool IsMissing(HttpStatusCode status) => status is HttpStatusCode.NotFound or HttpStatusCode.Gone;

    private static bool IsRedirect(HttpStatusCode status)
        => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        var address = new Uri(_root, path);
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendOnceAsync(method, address, content, cancellation).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode) || method == HttpMethod.Put)
            {
                return response;
            }

            using (response)
            {
                address = redirects < MostRedirects ? Target(address, response.Headers.Location) : throw new RemoteCacheException("redirects in circles");
            }
        }
    }

    private Uri Target(Uri from, Uri? location)
    {
        var target = location is null ? throw new RemoteCacheException("redirects to nowhere") : new Uri(from, location);
        return target.Scheme == Uri.UriSchemeHttps || target.Scheme == _root.Scheme
            ? target
            : throw new RemoteCacheException($"redirects to {target.Scheme}://{target.Authority}, which is not encrypted");
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri address, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (Uri.Compare(address, _root, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            request.Headers.Authorization = _credentials;
        }

        // A server that refuses says so before hundreds of megabytes were sent.
        request.Headers.ExpectContinue = content is null ? null : true;
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            var isHopeless = exception.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            throw new RemoteCacheException($"cannot be reached: {Innermost(exception)}", !isHopeless, exception);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException && !cancellation.IsCancellationRequested)
        {
            throw new RemoteCacheException("cannot be reached: there is no connection in time", innerException: exception);
        }
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner && exception is not SocketException)
        {
            exception = inner;
        }

        return exception.Message.TrimEnd('.');
    }

    private static void Require(bool holds, HttpResponseMessage response)
    {
        if (holds)
        {
            return;
        }

        var status = (int)response.StatusCode;
        var isTransient = response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests;
        var hint = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => $"; see whether {HttpCredentials.TokenVariable}, or {HttpCredentials.UserVariable} and {HttpCredentials.PasswordVariable}, are set and may do this",
            HttpStatusCode.RequestEntityTooLarge => "; it does not take files that large",
            HttpStatusCode.BadRequest when response.RequestMessage?.Method == HttpMethod.Put => "; bazel-remote has to run with --disable_http_ac_validation",
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.Conflict when response.RequestMessage?.Method == HttpMethod.Put => "; it does not take files, or makes no folders",
            _ => "",
        };
        throw new RemoteCacheException($"answers {status} to {response.RequestMessage?.Method}{hint}", isTransient);
    }
}
