using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using Microsoft.Build.Framework;

namespace FineTune.Build.Worker;

/// <summary>
/// Remembers for the rest of a build that the remote cache did not answer, or could not be written, so that only one model of a build node waits for it and one
/// warning says so. Each model has a worker of its own, which cannot know.
/// </summary>
internal sealed class RemoteCacheBreaker(IBuildEngine buildEngine)
{
    private const string Unusable = "FT6011";
    private const string NotUploaded = "FT6013";

    /// <summary>What is left of the remote cache for this build.</summary>
    public RemoteCacheSettings? Limit(RemoteCacheSettings? settings)
        => settings is null || IsKnown(Unusable) ? null : IsKnown(NotUploaded) ? settings with { Mode = RemoteCacheMode.Read } : settings;

    /// <summary>Looks whether a worker gave the remote cache up.</summary>
    public void Watch(Diagnostic diagnostic)
    {
        if (diagnostic.Code is Unusable or NotUploaded)
        {
            (buildEngine as IBuildEngine4)?.RegisterTaskObject(KeyOf(diagnostic.Code), diagnostic.Code, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        }
    }

    private static string KeyOf(string code) => $"FineTune.Build.RemoteCache.{code}";

    private bool IsKnown(string code) => (buildEngine as IBuildEngine4)?.GetRegisteredTaskObject(KeyOf(code), RegisteredTaskObjectLifetime.Build) is not null;
}
