using NuGet.Versioning;

namespace FineTune.Build.Versions;

/// <summary>The versions of FineTune.Runtime that the code of a FineTune.Build can be compiled with.</summary>
internal static class RuntimeVersions
{
    /// <summary>
    /// From the same minor version, which has all that is called, up to the next that may break: the next major version, or, before 1.0, the next minor one.
    /// Previews count to the version that they precede.
    /// </summary>
    public static VersionRange For(NuGetVersion build) => new(
        minVersion: new NuGetVersion(build.Major, build.Minor, 0, "0"),
        includeMinVersion: true,
        maxVersion: build.Major > 0 ? new NuGetVersion(build.Major + 1, 0, 0, "0") : new NuGetVersion(0, build.Minor + 1, 0, "0"),
        includeMaxVersion: false);

    /// <summary>What is wrong with these versions, and what helps; <see langword="null"/> when they go together.</summary>
    public static string? Mistake(string build, string runtime)
    {
        if (!NuGetVersion.TryParse(build, out var buildVersion) || !NuGetVersion.TryParse(runtime, out var runtimeVersion) || For(buildVersion).Satisfies(runtimeVersion))
        {
            return null;
        }

        var (older, advice) = runtimeVersion < buildVersion
            ? ("older than", $"Update FineTune.Runtime to {buildVersion}, or take away the reference that asks for the old one")
            : ("too new for", $"Update FineTune.Build to {runtimeVersion}");
        return $"FineTune.Runtime {runtimeVersion} is {older} FineTune.Build {buildVersion}, which writes code for it. {advice}: both are released together.";
    }
}
