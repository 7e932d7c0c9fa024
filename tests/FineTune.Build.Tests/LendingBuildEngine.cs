using Microsoft.Build.Framework;

namespace FineTune.Build.Tests;

/// <summary>Stands for an MSBuild that lends cores, and remembers what was asked for and given back.</summary>
internal sealed class LendingBuildEngine : RecordingBuildEngine, IBuildEngine9
{
    /// <summary>How many of the cores that are asked for are lent.</summary>
    public Func<int, int> Lend { get; set; } = requested => requested;

    public List<int> Requested { get; } = [];

    /// <summary>Cores that were lent and not given back.</summary>
    public int Lent { get; private set; }

    public bool AllowFailureWithoutError { get; set; }

    public int RequestCores(int requestedCores)
    {
        Requested.Add(requestedCores);
        var lent = Lend(requestedCores);
        Lent += lent;
        return lent;
    }

    public void ReleaseCores(int coresToRelease) => Lent -= coresToRelease;

    public void LogTelemetry(string eventName, IDictionary<string, string> properties)
    {
    }

    public IReadOnlyDictionary<string, string> GetGlobalProperties() => new Dictionary<string, string>();

    public bool ShouldTreatWarningAsError(string warningCode) => false;
}
