using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Tool.Terminal;
using FineTune.Training.Tasks;

namespace FineTune.Tool.Commands;

/// <summary><c>evaluate MODEL --data FILE</c>: how good a model is on labelled rows that it has not seen.</summary>
internal static class EvaluateCommand
{
    /// <summary>The options of a plan that say how data are read, and what is asked of them.</summary>
    private static readonly string[] DataOptions =
    [
        nameof(TrainingPlan.TextColumn), nameof(TrainingPlan.TextPairColumn), nameof(TrainingPlan.LabelColumn), nameof(TrainingPlan.LabelColumns), nameof(TrainingPlan.LabelSeparator),
        nameof(TrainingPlan.TagScheme), nameof(TrainingPlan.MaskingRate), nameof(TrainingPlan.WholeWordMasking), nameof(TrainingPlan.Seed),
    ];

    private static readonly string[] LabelColumns = ["label", "precision", "recall", "f1"];

    public static ToolCommand Create()
    {
        var model = ModelArgument.Create();
        var data = new Option<string[]>("--data") { Description = "Labelled rows, in a format that the model's task can be trained on; several files are read as one.", HelpName = "FILES", Required = true, AllowMultipleArgumentsPerToken = true };
        var require = new Option<string>("--require") { Description = "Conditions that must hold, or the exit code is 3: 'accuracy >= 0.90; f1[refund] >= 0.8'.", HelpName = "TEXT" };
        var options = DataOptions.ToDictionary(name => name, CreateOption);
        var syntax = new Command("evaluate", "Measure a model on labelled rows.") { model, data, require };
        foreach (var option in options.Values)
        {
            syntax.Add(option);
        }

        return new(syntax, (arguments, output, cancellation) =>
        {
            var path = arguments.GetRequiredValue(model);
            var manifest = ModelArgument.ReadManifest(path);
            var values = options.Where(option => arguments.GetValue(option.Value) is not null).ToDictionary(option => option.Key, option => arguments.GetValue(option.Value)!, StringComparer.OrdinalIgnoreCase);
            var (rows, result) = TrainingTasks.Measure(path, PlanOf(manifest, arguments.GetRequiredValue(data), values), cancellation);
            var verdict = GateVerdict.Judge(arguments.GetValue(require), result.Metrics, $"{rows} rows");
            Show(result, manifest.Labels, rows, verdict, output);
            return verdict.Passed ? ExitCode.Done : ExitCode.GateMissed;
        });
    }

    private static Option<string> CreateOption(string name)
    {
        var option = PlanOptions.Find(name)!;
        return new(option.CommandLineName) { Description = option.Description, HelpName = option.AllowedValues.Count > 0 ? string.Join('|', option.AllowedValues) : "TEXT" };
    }

    private static TrainingPlan PlanOf(ModelManifest manifest, string[] files, Dictionary<string, string> values)
    {
        values[nameof(TrainingPlan.Task)] = manifest.Task.ToString();
        values[nameof(TrainingPlan.TrainData)] = string.Join(';', files);
        var plan = new ModelSpec { Name = "Evaluation", BaseDirectory = Environment.CurrentDirectory, Values = values }.Resolve(_ => { });
        return plan with { TrainData = [], TestData = plan.TrainData, Labels = TrainingTasks.NamesOf(manifest) };
    }

    private static void Show(TaskResult result, IReadOnlyList<string> labels, int rows, GateVerdict verdict, CommandOutput output)
    {
        output.Say($"{rows} rows: {MetricsText.Summary(result.Metrics, result.Intervals)}");
        foreach (var line in LabelLines(result, labels))
        {
            output.Say(line);
        }

        verdict.Show(output);
        output.Write(new JsonObject
        {
            ["rows"] = rows,
            ["metrics"] = JsonSerializer.SerializeToNode(result.Metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary()),
            ["intervals"] = JsonSerializer.SerializeToNode(result.Intervals),
            ["labels"] = JsonSerializer.SerializeToNode(labels),
            ["confusionMatrix"] = JsonSerializer.SerializeToNode(result.ConfusionMatrix),
            ["passed"] = verdict.Passed,
            ["gate"] = verdict.ToJson(),
            ["errors"] = verdict.ErrorsToJson(),
        });
    }

    /// <summary>A table of the labels, or types of entities, that the metrics name; nothing for tasks without.</summary>
    private static IEnumerable<string> LabelLines(TaskResult result, IReadOnlyList<string> labels)
    {
        string[] named = [.. result.Metrics.Keys.Where(name => name.StartsWith("f1[", StringComparison.Ordinal)).Select(name => TaskMetrics.LabelOf(name)!)];
        if (named.Length == 0)
        {
            return [];
        }

        // A row has one label, or its label cannot be counted.
        var hasRows = result.ConfusionMatrix.Count > 0;
        var table = new TextTable([.. LabelColumns, .. hasRows ? ["rows"] : Array.Empty<string>()]);
        foreach (var label in named)
        {
            table.Add([label, .. LabelColumns.Skip(1).Select(score => MetricsText.Number(result.Metrics[$"{score}[{label}]"])), .. hasRows ? [$"{result.ConfusionMatrix[labels.ToList().IndexOf(label)].Sum()}"] : Array.Empty<string>()]);
        }

        return table.Lines();
    }
}
