using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary>What became of the conditions of <c>Require</c> and <c>Warn</c>.</summary>
/// <param name="Results">Each condition, and whether it is one of <c>Require</c>.</param>
/// <param name="Diagnostics">FT5001 for each missed condition of <c>Require</c>, FT5002 for each of <c>Warn</c>.</param>
internal sealed record GateVerdict(IReadOnlyList<(GateResult Result, bool IsRequired)> Results, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool Passed => Results.All(result => result.Result.Passed || !result.IsRequired);

    /// <summary>Judges metrics that were measured on <paramref name="rows"/>, such as "500 test rows".</summary>
    public static GateVerdict Judge(string? require, string? warn, IReadOnlyDictionary<string, double> metrics, string rows, SourceLocation? origin)
    {
        IReadOnlyList<(GateResult Result, bool IsRequired)> results =
        [
            .. Gate.Parse(require, origin).Evaluate(metrics).Select(result => (result, true)),
            .. Gate.Parse(warn, origin).Evaluate(metrics).Select(result => (result, false)),
        ];
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
