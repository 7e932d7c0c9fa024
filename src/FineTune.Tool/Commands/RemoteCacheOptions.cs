using System.CommandLine;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;

namespace FineTune.Tool.Commands;

/// <summary>The options that name the cache of a team. There is none for credentials: everybody on a machine can read a command line.</summary>
internal sealed class RemoteCacheOptions
{
    private readonly Option<string> _address = new("--remote-cache")
    {
        Description = "A cache to ask for what the store lacks: https://host/path, or a folder; none to ask nobody. [default: FINETUNE_REMOTE_CACHE]",
        HelpName = "URL",
    };

    private readonly Option<string> _mode = new("--remote-cache-mode")
    {
        Description = "Read, or ReadWrite to put there what is trained. [default: FINETUNE_REMOTE_CACHE_MODE, else Read]",
        HelpName = "MODE",
    };

    public void AddTo(Command command)
    {
        AddAddressTo(command);
        command.Add(_mode);
    }

    /// <summary>Adds the address alone, for a command whose purpose says what it does with the cache.</summary>
    public void AddAddressTo(Command command) => command.Add(_address);

    /// <exception cref="FineTuneException">FT6010: a value is not allowed.</exception>
    public RemoteCacheSettings? Resolve(ParseResult arguments)
        => RemoteCacheSettings.Resolve(arguments.GetValue(_address), arguments.GetValue(_mode), allowHttp: null, Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable);
}
