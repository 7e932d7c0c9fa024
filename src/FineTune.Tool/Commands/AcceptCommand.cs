using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FineTune.Core.Serialization;
using FineTune.Core.Store;
using FineTune.Tool.Terminal;
using FineTune.Training.Pipeline;

namespace FineTune.Tool.Commands;

/// <summary><c>accept</c>: makes what was measured of the present models the baseline that later ones are compared with.</summary>
internal static class AcceptCommand
{
    public static ToolCommand Create()
    {
        var spec = new SpecArguments();
        var store = StoreOption.Create();
        var baseline = new Option<string>("--baseline") { Description = $"The file to write. [default: {BaselineFile.DefaultName} beside the project]", HelpName = "FILE" };
        var syntax = new Command("accept", "Accept the metrics of the models that were built last; conditions such as 'accuracy >= baseline - 0.01' compare with them.") { baseline, store };
        spec.AddTo(syntax);
        return new(syntax, (arguments, output, _) =>
        {
            var runs = spec.ReadAll(arguments).Select(model => PlannedRun.Create(model, store, arguments, output)).ToList();
            var path = arguments.GetValue(baseline) is { } file ? Path.GetFullPath(file) : runs[0].BaselineFile;
            Accept(runs, path, output);
            return ExitCode.Done;
        });
    }

    private static void Accept(List<PlannedRun> runs, string path, CommandOutput output)
    {
        var before = BaselineFile.Read(path);
        var after = runs.Aggregate(before, (file, run) => file.With(run.Plan.Name, MetricsOf(run, output)));
        after.Save();

        foreach (var run in runs)
        {
            var accepted = after.Models[run.Plan.Name];
            var previous = before.Models.GetValueOrDefault(run.Plan.Name);
            output.Say($"{run.Plan.Name}: accepted {MetricsText.Summary(accepted.Metrics, accepted.Intervals)} on {accepted.Rows} {accepted.EvaluatedOn} rows");
            if (previous is not null)
            {
                output.Say($"{run.Plan.Name}: before it was {MetricsText.Summary(previous.Metrics, previous.Intervals)} on {previous.Rows} {previous.EvaluatedOn} rows");
            }
        }

        output.Say($"written to {path}");
        output.Write(new JsonObject
        {
            ["baseline"] = path,
            ["accepted"] = new JsonArray([.. runs.Select(run => JsonValue.Create(run.Plan.Name))]),
            ["models"] = JsonNode.Parse(after.ToString())!["models"]!.DeepClone(),
        });
    }

    private static AcceptedMetrics MetricsOf(PlannedRun run, CommandOutput output)
    {
        var model = new ModelStore(run.StoreDirectory) { Report = output.Report }.FindModel(run.Fingerprint.Export)
            ?? throw new FineTuneException("FT5005", $"The store '{run.StoreDirectory}' has no model for '{run.Plan.Name}' as it is specified now. Build first, or name the store of the build with --cache-directory.", run.Plan.Origin);
        return AcceptedMetrics.Of(CoreJson.ReadMetrics(File.ReadAllText(model.PathOf(ModelArtifact.MetricsFile))));
    }
}
