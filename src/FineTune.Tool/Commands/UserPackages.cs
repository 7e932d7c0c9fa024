using FineTune.Core.Diagnostics;
using FineTune.Core.Packages;
using NuGet.Configuration;

namespace FineTune.Tool.Commands;

/// <summary>Where NuGet keeps packages of no restored project: a folder of the environment, or what <c>nuget.config</c> says in a folder and above it, for the user, and for the machine.</summary>
internal static class UserPackages
{
    private const string FolderVariable = "NUGET_PACKAGES";

    /// <summary>The packages that commands in <paramref name="directory"/> find.</summary>
    /// <exception cref="FineTuneException">FT2005: NuGet's configuration cannot be read.</exception>
    public static InstalledPackages Of(string directory) => new(assetsFile: null, Folders(directory));

    /// <summary>The packages folders, the one that NuGet writes to first.</summary>
    /// <param name="directory">The folder where NuGet begins to look for its configuration.</param>
    /// <exception cref="FineTuneException">FT2005: NuGet's configuration cannot be read.</exception>
    public static IReadOnlyList<string> Folders(string directory)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            return [folder];
        }

        try
        {
            var settings = Settings.LoadDefaultSettings(directory);
            return [SettingsUtility.GetGlobalPackagesFolder(settings), .. SettingsUtility.GetFallbackPackageFolders(settings)];
        }
        catch (Exception exception) when (exception is NuGetConfigurationException or IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException("FT2005", $"NuGet's configuration does not say where packages are: {exception.Message} Correct the file, or name the folder with {FolderVariable}.", innerException: exception);
        }
    }
}
