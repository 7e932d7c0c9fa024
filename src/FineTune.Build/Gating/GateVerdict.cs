using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FineTune.Core.Manifests;

namespace FineTune.Build.Gating;

/// <summary>What became of a model's conditions.</summary>
/// <param name="Metrics">What was measured.</param>
/// <param name="Required">Each condition of <c>Require</c>.</param>
/// <param name="Wished">Each condition of <c>Warn</c>.</param>
internal sealed record GateVerdict(MetricsDocument Metrics, IReadOnlyList<GateResult> Required, IReadOnlyList<GateResult> Wished)
{
    /// <summary>Whether all that is required holds.</summary>
    public bool IsMet => Required.All(result => result.Passed);

    /// <summary>FT5002 for each missed condition of <c>Warn</c>, then FT5001 for each of <c>Require</c>.</summary>
    public IEnumerable<Diagnostic> Diagnostics(string model, SourceLocation location)
    {
        foreach (var missed in Wished.Where(result => !result.Passed))
        {
            yield return new Diagnostic("FT5002", DiagnosticSeverity.Warning, $"{model} misses a condition of Warn on {Metrics.Rows} {Metrics.EvaluatedOn} rows: {missed.Describe()}", location);
        }

        foreach (var missed in Required.Where(result => !result.Passed))
        {
            yield return new Diagnostic("FT5001", DiagnosticSeverity.Error, $"{model} misses a condition of Require on {Metrics.Rows} {Metrics.EvaluatedOn} rows, and is not embedded: {missed.Describe()}", location);
        }
    }
}
