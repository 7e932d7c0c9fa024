using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary>What became of the conditions of <c>Require</c> and <c>Warn</c>.</summary>
/// <param name="Results">Each condition, and whether it is one of <c>Require</c>.</param>
/// <param name="Diagnostics">FT5001 for each missed condition of <c>Require</c>, FT5002 for each of <c>Warn</c>.</param>
internal sealed record GateVerdict(IReadOnlyList<(GateResult Result, bool IsRequired)> Results, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool Passed => Results.All(result => result.Result.Passed || !result.IsRequired);

    /// <summary>Judges what was measured of a trained model; conditions that name the accepted model read <paramref name="baselineFile"/>.</summary>
    /// <exception cref="FineTuneException">FT5003 or FT5004: a condition names the accepted model, and there is none or the file cannot be read.</exception>
    public static GateVerdict Judge(TrainingPlan plan, MetricsDocument metrics, string baselineFile)
    {
        var (require, warn) = (Gate.Parse(plan.Require, plan.Origin), Gate.Parse(plan.Warn, plan.Origin));
        var accepted = require.IsRelative || warn.IsRelative ? BaselineFile.Read(baselineFile).Of(plan.Name, plan.Origin) : null;
        return Create(require.Evaluate(metrics, accepted), warn.Evaluate(metrics, accepted), $"{metrics.Rows} {metrics.EvaluatedOn} rows", plan.Origin);
    }

    /// <summary>Judges metrics that were measured on <paramref name="rows"/>, such as "500 rows"; there is no accepted model to compare with.</summary>
    public static GateVerdict Judge(string? require, IReadOnlyDictionary<string, double> metrics, string rows) => Create(Gate.Parse(require).Evaluate(metrics), [], rows, origin: null);

    private static GateVerdict Create(IReadOnlyList<GateResult> required, IReadOnlyList<GateResult> wished, string rows, SourceLocation? origin)
    {
        IReadOnlyList<(GateResult Result, bool IsRequired)> results = [.. required.Select(result => (result, true)), .. wished.Select(result => (result, false))];
        return new GateVerdict(results, [.. results.Where(result => !result.Result.Passed).Select(result => result.IsRequired
            ? new Diagnostic("FT5001", DiagnosticSeverity.Error, $"The model does not meet a condition on {rows}: {result.Result.Describe()}", origin)
            : new Diagnostic("FT5002", DiagnosticSeverity.Warning, $"The model misses a condition on {rows}: {result.Result.Describe()}", origin))]);
    }

    /// <summary>Says what holds, and reports what does not.</summary>
    public void Show(CommandOutput output)
    {
        foreach (var (result, isRequired) in Results)
        {
            output.Say($"{(result.Passed ? "met" : "MISSED")}{(isRequired ? "" : " (warns only)")}: {result.Describe()}");
        }

        foreach (var diagnostic in Diagnostics)
        {
            output.Report(diagnostic);
        }
    }

    public JsonArray ToJson() => [.. Results.Select(result => new JsonObject
    {
        ["condition"] = result.Result.Condition.ToString(),
        ["metric"] = result.Result.Condition.Metric,
        ["actual"] = result.Result.Actual is { } actual && double.IsFinite(actual) ? actual : null,
        ["required"] = result.IsRequired,
        ["passed"] = result.Result.Passed,
    })];

    public JsonArray ErrorsToJson()
        => [.. Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(CommandOutput.ToJson)];
}
