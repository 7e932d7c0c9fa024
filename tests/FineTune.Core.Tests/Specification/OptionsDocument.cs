using System.Globalization;
using System.Text;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

/// <summary>Writes docs/options.md from the options themselves.</summary>
internal static class OptionsDocument
{
    private static readonly Dictionary<PlanOptionScope, string> Headings = new()
    {
        [PlanOptionScope.Training] = "Training: a change trains again",
        [PlanOptionScope.Export] = "Export: a change exports and measures again, without training",
        [PlanOptionScope.Gate] = "Gate: evaluated on every build, a change costs nothing",
        [PlanOptionScope.Api] = "Generated code: a change generates the code again",
        [PlanOptionScope.Machine] = "Machine: a change alone does nothing",
    };

    public static string Write()
    {
        var text = new StringBuilder();
        text.Append("""
            # Options

            Each option has one meaning and three spellings: metadata of a `<FineTuneModel>` item (`LearningRate`), an option on the command line
            (`--learning-rate`), and a key of a JSON specification (`learningRate`). Case does not matter. Lists are separated by `;`; in JSON they may be arrays.
            Numbers have a decimal point. An unknown name is an error, and so is an option that has no effect beside the others.

            This page is generated from `TrainingPlan`; see the last line.

            """);
        foreach (var scope in PlanOptions.All.GroupBy(option => option.Scope))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {Headings[scope.Key]}\n\n| option | default | meaning |\n|---|---|---|\n");
            foreach (var option in scope)
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{option.MetadataName}`<br>`{option.CommandLineName}` | {Default(option)} | {Meaning(option)} |\n");
            }
        }
        text.Append("""

            ## Conditions

            `Require` and `Warn` hold conditions, separated by `;` or line breaks: a metric, one of `>=` `>` `<=` `<` `==` `!=`, and a number or a percentage.
            A metric of one label has the label in brackets, as in `f1[refund]`; a `]` in a label is doubled. A metric that is missing or not a number fails.

            `gain.accuracy` is the model's accuracy minus that of the best baseline, so `gain.accuracy >= 0.05` asks for five points more than simple means reach on the
            same rows; likewise `gain.f1.macro`, `gain.f1.micro`, `gain.f1.weighted` and `gain.mcc`. The baselines are the most frequent label (`majority`) and a linear
            classifier on TF-IDF of words, pairs of words and parts of words (`tfidf`), both learned from the training rows.

            The names are checked before the training:

            | task | metrics | of a label | `BestMetric` |
            |---|---|---|---|

            """);
        foreach (var task in Enum.GetValues<FineTuneTask>())
        {
            var metrics = TaskMetrics.Of(task);
            var ofLabels = metrics.LabelExample is { } label ? $"`precision[{label}]`, `recall[{label}]`, `f1[{label}]`" : "none";
            text.Append(CultureInfo.InvariantCulture, $"| `{task}` | {string.Join(", ", metrics.Names.Select(name => $"`{name}`"))} | {ofLabels} | `{metrics.Best}` |\n");
        }

        text.Append("""

            Those that the baselines have too also with `gain.` before it: of `TextClassification` the ones above, of the other tasks all that are not of a label. And `size.mb`, the size of the model in the app.

            With `Quantize`, every metric that is not of a label also with `quantization.` before it: how much better the quantized model is than the same one with 32-bit floats, on the same rows; mostly a little less than 0.
            `quantization.accuracy >= -0.005` allows half a point.

            ## Data paths

            Paths are relative to the project file or the JSON file, or to the current folder on the command line. `*` and `?` match within a name, `**` any number of
            folders. The files of a pattern are taken in ordinal order; a file that several patterns name counts once.

            <!-- Regenerate: FINETUNE_UPDATE_DOCS=1 dotnet test --project tests/FineTune.Core.Tests -->

            """);
        return text.ToString();
    }

    private static string Default(PlanOption option) =>
        option.Default is { } value ? $"`{value}`" : option.DefaultDescription?.Replace("<", "&lt;", StringComparison.Ordinal) ?? "none";

    private static string Meaning(PlanOption option)
    {
        var parts = new List<string> { option.Description };
        if (OptionValue.DescribeRange(option) is { Length: > 0 } range)
        {
            parts.Add($"{char.ToUpperInvariant(range[0])}{range[1..]}.");
        }

        if (option.Tasks.Count > 0)
        {
            parts.Add($"For {string.Join(", ", option.Tasks.Select(task => $"`{task}`"))}.");
        }

        if (option.Aliases.Count > 0)
        {
            parts.Add($"Also understood: {string.Join(", ", option.Aliases.Select(alias => $"`{alias}`"))}.");
        }

        return string.Join(" ", parts);
    }
}
