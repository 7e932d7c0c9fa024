using FineTune.Core.Gates;
using FineTune.Core.Manifests;

namespace FineTune.Build.Gating;

/// <summary>The conditions of a model.</summary>
/// <param name="Require">Those that must hold.</param>
/// <param name="Warn">Those that warn.</param>
internal sealed record ModelGates(Gate Require, Gate Warn)
{
    /// <summary>Whether a condition compares with the accepted model.</summary>
    public bool IsRelative => Require.IsRelative || Warn.IsRelative;

    /// <summary>Judges what was measured; <paramref name="accepted"/> is the accepted model, where a condition names it.</summary>
    public GateVerdict Judge(MetricsDocument metrics, AcceptedMetrics? accepted) => new(metrics, Require.Evaluate(metrics, accepted), Warn.Evaluate(metrics, accepted));
}
