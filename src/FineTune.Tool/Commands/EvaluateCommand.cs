using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Tool.Terminal;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;

namespace FineTune.Tool.Commands;

/// <summary><c>evaluate MODEL --data FILE</c>: how good a model is on labelled rows that it has not seen.</summary>
internal static class EvaluateCommand
{
    private const int BatchRows = 512;

    public static ToolCommand Create()
    {
        var model = ModelArgument.Create();
        var data = new Option<string[]>("--data") { Description = "Labelled rows: .csv, .tsv, .json or .jsonl; several files are read as one.", HelpName = "FILES", Required = true, AllowMultipleArgumentsPerToken = true };
        var textColumn = ColumnOption(nameof(TrainingPlan.TextColumn));
        var labelColumn = ColumnOption(nameof(TrainingPlan.LabelColumn));
        var require = new Option<string>("--require") { Description = "Conditions that must hold, or the exit code is 3: 'accuracy >= 0.90; f1[refund] >= 0.8'.", HelpName = "TEXT" };
        var syntax = new Command("evaluate", "Measure a model on labelled rows.") { model, data, textColumn, labelColumn, require };
        return new(syntax, (arguments, output, cancellation) =>
        {
            var path = arguments.GetRequiredValue(model);
            var labels = ModelArgument.ReadManifest(path).Labels;
            var rows = ReadRows(arguments.GetRequiredValue(data), arguments.GetValue(textColumn), arguments.GetValue(labelColumn), labels);
            using var classifier = TextClassifier.Load(path);
            var logits = rows.Chunk(BatchRows).SelectMany(batch => Predict(classifier, batch, cancellation)).ToList();
            var result = ClassificationEvaluation.Compute([.. rows.Select(row => row.Label)], logits, labels);
            var verdict = GateVerdict.Judge(arguments.GetValue(require), result.Metrics, $"{rows.Count} rows");
            Show(result, labels, rows.Count, verdict, output);
            return verdict.Passed ? ExitCode.Done : ExitCode.GateMissed;
        });
    }

    private static Option<string> ColumnOption(string name)
    {
        var option = PlanOptions.Find(name)!;
        return new(option.CommandLineName) { Description = option.Description, HelpName = "TEXT" };
    }

    /// <summary>Any labelled rows will do, also such of one label only, which could not be trained on.</summary>
    private static List<LabelledText> ReadRows(string[] paths, string? textColumn, string? labelColumn, IReadOnlyList<string> labels)
    {
        var errors = new DataErrors();
        var plan = new TrainingPlan { Name = "Evaluation", TextColumn = textColumn, LabelColumn = labelColumn };
        var rows = new ClassificationFiles(plan, errors).Read([.. paths.Select(path => new DataFile(path, Path.GetFullPath(path)))]);
        var indices = labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        foreach (var unknown in rows.Where(row => !indices.ContainsKey(row.Label)))
        {
            errors.Add("FT1018", $"The model does not know the label '{unknown.Label}'; it has {string.Join(", ", labels)}.", unknown.Origin);
        }

        errors.ThrowIfAny();
        return [.. rows.Select(row => new LabelledText(row.Text, indices[row.Label], row.Origin))];
    }

    private static IEnumerable<IReadOnlyList<float>> Predict(TextClassifier classifier, LabelledText[] batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return classifier.Predict(batch.Select(row => row.Text)).Select(prediction => prediction.Logits);
    }

    private static void Show(ClassificationResult result, IReadOnlyList<string> labels, int rows, GateVerdict verdict, CommandOutput output)
    {
        output.Say($"{rows} rows: {MetricsText.Summary(result.Metrics, result.Intervals)}");
        var table = new TextTable("label", "precision", "recall", "f1", "rows");
        for (var index = 0; index < labels.Count; index++)
        {
            var label = labels[index];
            table.Add(label, MetricsText.Number(result.Metrics[$"precision[{label}]"]), MetricsText.Number(result.Metrics[$"recall[{label}]"]), MetricsText.Number(result.Metrics[$"f1[{label}]"]), $"{result.ConfusionMatrix[index].Sum()}");
        }

        foreach (var line in table.Lines())
        {
            output.Say(line);
        }

        verdict.Show(output);
        output.Write(new JsonObject
        {
            ["rows"] = rows,
            ["metrics"] = JsonSerializer.SerializeToNode(result.Metrics),
            ["intervals"] = JsonSerializer.SerializeToNode(result.Intervals),
            ["labels"] = JsonSerializer.SerializeToNode(labels),
            ["confusionMatrix"] = JsonSerializer.SerializeToNode(result.ConfusionMatrix),
            ["passed"] = verdict.Passed,
            ["gate"] = verdict.ToJson(),
            ["errors"] = verdict.ErrorsToJson(),
        });
    }
}
