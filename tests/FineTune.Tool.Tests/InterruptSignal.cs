using System.Globalization;

namespace FineTune.Tool.Tests;

/// <summary>Whether Ctrl-C can reach the processes that tests start: who ignores SIGINT hands that down, and a shell without job control has commands that end with <c>&amp;</c> ignore it.</summary>
internal static class InterruptSignal
{
    private const int Number = 2;
    private const string IgnoredSignals = "SigIgn:";

    /// <summary>Skips the test where SIGINT is ignored.</summary>
    public static void SkipWhereIgnored()
        => Assert.SkipWhen(IsIgnored(), "SIGINT is ignored here, as in what a script starts with `&`. Run the tests in the foreground.");

    private static bool IsIgnored()
    {
        const string status = "/proc/self/status";
        var mask = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(IgnoredSignals, StringComparison.Ordinal)) : null;
        return mask is not null && (ulong.Parse(mask.AsSpan(IgnoredSignals.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & (1UL << (Number - 1))) != 0;
    }
}
