using FineTune.Core.Diagnostics;

namespace FineTune.Core.Store;

/// <summary>Where the cache of a team is, and what may be done with it. Holds no secrets: those come from the environment of the process that uses the cache.</summary>
public sealed record RemoteCacheSettings
{
    /// <summary>The environment variable that names the cache.</summary>
    internal const string AddressVariable = "FINETUNE_REMOTE_CACHE";

    /// <summary>The environment variable with the mode.</summary>
    internal const string ModeVariable = "FINETUNE_REMOTE_CACHE_MODE";

    /// <summary>The environment variable that allows HTTP without encryption to other machines, with <c>1</c> or <c>true</c>.</summary>
    internal const string AllowHttpVariable = "FINETUNE_REMOTE_CACHE_ALLOW_HTTP";

    /// <summary><c>https://host/path</c>, or the absolute path of a folder.</summary>
    public required string Address { get; init; }

    /// <summary>Whether the cache is written too.</summary>
    public RemoteCacheMode Mode { get; init; }

    /// <summary>Whether <c>http://</c> may be used to reach another machine.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Whether <see cref="Address"/> is one of HTTP, and not a folder.</summary>
    internal bool IsHttp => IsHttpAddress(Address);

    /// <summary>The settings as they were given, else as the environment has them; <see langword="null"/> when neither names a cache.</summary>
    /// <param name="address">The address, or a folder; empty to ask the environment. <c>none</c>: no cache, whatever the environment says.</param>
    /// <param name="mode"><c>Read</c> or <c>ReadWrite</c>; empty to ask the environment.</param>
    /// <param name="allowHttp"><c>true</c> or <c>1</c>; empty to ask the environment.</param>
    /// <param name="baseDirectory">Where a relative folder begins.</param>
    /// <param name="environment">The value of an environment variable.</param>
    /// <exception cref="FineTuneException">FT6010: a value is not allowed.</exception>
    internal static RemoteCacheSettings? Resolve(string? address, string? mode, string? allowHttp, string baseDirectory, Func<string, string?> environment)
    {
        var given = FirstOf(address, environment(AddressVariable));
        if (given is null || string.Equals(given, "none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var isHttpAllowed = FirstOf(allowHttp, environment(AllowHttpVariable)) is "1" or "true" or "True" or "TRUE";
        return new RemoteCacheSettings
        {
            Address = IsHttpAddress(given) ? CheckUrl(given, isHttpAllowed) : FolderOf(given, baseDirectory),
            Mode = ParseMode(FirstOf(mode, environment(ModeVariable))),
            AllowHttp = isHttpAllowed,
        };
    }

    private static string? FirstOf(string? given, string? otherwise)
        => !string.IsNullOrWhiteSpace(given) ? given!.Trim() : string.IsNullOrWhiteSpace(otherwise) ? null : otherwise!.Trim();

    private static bool IsHttpAddress(string address)
        => address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static string CheckUrl(string address, bool isHttpAllowed)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            throw Refused("it is no address that can be used.");
        }

        // Messages show addresses, and so do build logs.
        if (url.UserInfo.Length > 0)
        {
            throw Refused("it holds a user name or a password. Put them into FINETUNE_REMOTE_CACHE_USER and FINETUNE_REMOTE_CACHE_PASSWORD, or a token into FINETUNE_REMOTE_CACHE_TOKEN.");
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw Refused("it has a query or a fragment, to which no path of a file can be added.");
        }

        return url.Scheme == Uri.UriSchemeHttps || url.IsLoopback || isHttpAllowed
            ? url.GetLeftPart(UriPartial.Path).TrimEnd('/')
            : throw Refused($"'{url.GetLeftPart(UriPartial.Path)}' is not encrypted. Use https, or allow it with FineTuneRemoteCacheAllowHttp=true or {AllowHttpVariable}=1.");
    }

    private static string FolderOf(string address, string baseDirectory)
    {
        if (address.Contains("://") && !address.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("it is neither an https:// address nor a folder.");
        }

        if (address.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.TryCreate(address, UriKind.Absolute, out var file) ? file.LocalPath : throw Refused("it is no address that can be used.");
        }

        return Path.GetFullPath(Path.Combine(baseDirectory, address));
    }

    private static RemoteCacheMode ParseMode(string? mode) => mode?.ToUpperInvariant() switch
    {
        null or "READ" => RemoteCacheMode.Read,
        "READWRITE" => RemoteCacheMode.ReadWrite,
        _ => throw StoreDiagnostics.RemoteCacheSetting.Exception($"The mode of the remote cache is '{mode}'. Use Read or ReadWrite (FineTuneRemoteCacheMode, {ModeVariable}, --remote-cache-mode)."),
    };

    private static FineTuneException Refused(string why)
        => StoreDiagnostics.RemoteCacheSetting.Exception($"The address of the remote cache (FineTuneRemoteCache, {AddressVariable}, --remote-cache) cannot be used: {why}");
}
