using System.Net.Http.Headers;
using System.Text;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Remote;

/// <summary>Finds what to prove to an HTTP cache. Only the environment of this process and the user's <c>.netrc</c> are asked: what stands in projects or command lines ends up in logs.</summary>
internal static class HttpCredentials
{
    public const string TokenVariable = "FINETUNE_REMOTE_CACHE_TOKEN";
    public const string UserVariable = "FINETUNE_REMOTE_CACHE_USER";
    public const string PasswordVariable = "FINETUNE_REMOTE_CACHE_PASSWORD";

    private const string Code = "FT6010";

    /// <summary>The header for a host: the token, else user and password, else what <c>.netrc</c> has for it, else nothing.</summary>
    /// <exception cref="FineTuneException">FT6010: a variable cannot be sent. The message does not repeat it.</exception>
    public static AuthenticationHeaderValue? For(string host, Func<string, string?> environment)
    {
        if (environment(TokenVariable) is { Length: > 0 } token)
        {
            return token.All(character => character is > ' ' and <= '~')
                ? new AuthenticationHeaderValue("Bearer", token)
                : throw new FineTuneException(Code, $"{TokenVariable} has characters that no token has, such as a line break at its end. Set it anew.");
        }

        var user = environment(UserVariable);
        return !string.IsNullOrEmpty(user)
            ? Basic(user, environment(PasswordVariable) ?? "")
            : ReadNetrc(host, environment);
    }

    /// <summary>The entry of a host in the text of a <c>.netrc</c> file; its <c>default</c> entry is passed over, because it would give a secret to every host.</summary>
    public static (string User, string Password)? FindInNetrc(string text, string host)
    {
        var words = new Queue<string>(text.Split('\n').Select(line => line.TrimStart()).Where(line => !line.StartsWith('#')).SelectMany(line => line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)));
        var isHost = false;
        string? user = null, password = null;
        while (words.TryDequeue(out var word))
        {
            switch (word)
            {
                case "machine" or "default" when isHost && user is not null:
                    return (user, password ?? "");
                case "machine":
                    isHost = words.TryDequeue(out var name) && string.Equals(name, host, StringComparison.OrdinalIgnoreCase);
                    break;
                case "default":
                    isHost = false;
                    break;
                case "login" when words.TryDequeue(out var login) && isHost:
                    user = login;
                    break;
                case "password" when words.TryDequeue(out var secret) && isHost:
                    password = secret;
                    break;
            }
        }

        return user is null ? null : (user, password ?? "");
    }

    private static AuthenticationHeaderValue? ReadNetrc(string host, Func<string, string?> environment)
    {
        var file = environment("NETRC") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), OperatingSystem.IsWindows() ? "_netrc" : ".netrc");
        try
        {
            return File.Exists(file) && FindInNetrc(File.ReadAllText(file), host) is var (user, password) ? Basic(user, password) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file that this user may not read holds nothing for this user.
            return null;
        }
    }

    private static AuthenticationHeaderValue Basic(string user, string password)
        => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
