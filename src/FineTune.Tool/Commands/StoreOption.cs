using System.CommandLine;
using FineTune.Core.Store;

namespace FineTune.Tool.Commands;

/// <summary>The option that moves the store.</summary>
internal static class StoreOption
{
    public static Option<string> Create() => new("--cache-directory")
    {
        Description = "Where trained models are kept. [default: FINETUNE_CACHE_DIRECTORY, else the user's cache folder]",
        HelpName = "DIR",
    };

    public static string Locate(string? given) => given is null ? ModelStore.DefaultDirectory : Path.GetFullPath(given);
}
