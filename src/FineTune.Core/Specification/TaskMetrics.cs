namespace FineTune.Core.Specification;

/// <summary>The names of the metrics of each task: those that <c>Require</c>, <c>Warn</c> and <c>BestMetric</c> can name.</summary>
public sealed class TaskMetrics
{
    private const string GainPrefix = "gain.";

    /// <summary>Before a metric: how much better a quantized model is than the same one with 32-bit floats; less than 0 where it is worse.</summary>
    internal const string QuantizationPrefix = "quantization.";

    private const string EvaluationPrefix = "eval_";

    private static readonly string[] OfEveryModel = ["size.mb"];
    private static readonly string[] PrecisionRecallF1 = ["precision", "recall", "f1"];
    private static readonly HashSet<string> BetterWhenLower = new(StringComparer.Ordinal) { "loss", "mse", "rmse", "mae", "hamming", "perplexity", "size.mb" };

    private static readonly Dictionary<FineTuneTask, TaskMetrics> ByTask = new()
    {
        [FineTuneTask.TextClassification] = new("accuracy", ["accuracy", "mcc", "loss", .. Averages("macro", "micro", "weighted")])
        {
            // These baselines answer with labels, not with probabilities.
            OfBaselines = ["accuracy", "mcc", "f1.macro", "f1.micro", "f1.weighted"],
            LabelExample = "refund",
            Aliases = { ["f1"] = "f1.macro", ["precision"] = "precision.macro", ["recall"] = "recall.macro", ["matthews_correlation"] = "mcc" },
        },
        // The share of rows without any mistake says little when there are many labels, and a mean over labels is ruled by the rarest one.
        [FineTuneTask.MultiLabelClassification] = new("f1.micro", ["exact_match", "hamming", "loss", .. Averages("micro", "macro", "weighted")])
        {
            LabelExample = "refund",
            Aliases =
            {
                ["f1"] = "f1.micro", ["precision"] = "precision.micro", ["recall"] = "recall.micro",
                ["accuracy"] = "exact_match", ["subset_accuracy"] = "exact_match", ["hamming_loss"] = "hamming",
            },
        },
        // Chooses the same evaluation as the loss, in the unit of the labels. A correlation would not tell a model whose numbers are all too high.
        [FineTuneTask.TextRegression] = new("rmse", ["rmse", "mse", "mae", "r2", "pearson", "spearman", "loss"])
        {
            Aliases = { ["pearsonr"] = "pearson", ["spearmanr"] = "spearman" },
        },
        [FineTuneTask.TokenClassification] = new("f1", [.. PrecisionRecallF1, "accuracy", "loss", .. Averages("macro", "strict")])
        {
            LabelExample = "PER",
            Aliases = { ["overall_f1"] = "f1", ["overall_precision"] = "precision", ["overall_recall"] = "recall", ["overall_accuracy"] = "accuracy" },
        },
        [FineTuneTask.MaskedLanguageModeling] = new("loss", ["loss", "perplexity", "accuracy"]),
    };

    private TaskMetrics(string best, IReadOnlyList<string> names)
    {
        Best = best;
        Names = names;
        OfBaselines = names;
    }

    /// <summary>The metric that chooses the best evaluation where <c>BestMetric</c> is not given.</summary>
    public string Best { get; }

    /// <summary>The metrics that do not name a label.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>A label as examples have it; <see langword="null"/> when no metric of the task is one of a label.</summary>
    internal string? LabelExample { get; private init; }

    /// <summary>The metrics that the baselines have too, and so a gain; none is that of a label.</summary>
    internal IReadOnlyList<string> OfBaselines { get; private init; }

    private Dictionary<string, string> Aliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The metrics of a task.</summary>
    public static TaskMetrics Of(FineTuneTask task) => ByTask[task];

    /// <summary>Whether a model is better when the metric is lower, as with losses and errors. A <c>gain</c> is always better when it is higher.</summary>
    public static bool IsBetterWhenLower(string metric) => BetterWhenLower.Contains(metric);

    /// <summary>The label of a name such as <c>f1[refund]</c>; <see langword="null"/> when the name has none.</summary>
    public static string? LabelOf(string metric)
    {
        var bracket = metric.IndexOf('[');
        return bracket > 0 && bracket < metric.Length - 2 && metric[metric.Length - 1] == ']' ? metric.Substring(bracket + 1, metric.Length - bracket - 2) : null;
    }

    /// <summary>Whether <c>metrics.json</c> can have the metric: one of an evaluation, a gain over the baselines, what quantization changes, or one of every model.</summary>
    public bool IsMeasured(string metric) => metric.StartsWith(GainPrefix, StringComparison.Ordinal) ? OfBaselines.Contains(metric.Substring(GainPrefix.Length))
        : metric.StartsWith(QuantizationPrefix, StringComparison.Ordinal) ? Names.Contains(metric.Substring(QuantizationPrefix.Length))
        : OfEveryModel.Contains(metric) || string.Equals(Find(metric), metric, StringComparison.Ordinal);

    /// <summary>The name of a metric that evaluations have, from one of its spellings, among them Hugging Face's; <see langword="null"/> when there is none.</summary>
    internal string? Find(string text)
    {
        var name = text.StartsWith(EvaluationPrefix, StringComparison.OrdinalIgnoreCase) ? text.Substring(EvaluationPrefix.Length) : text;
        if (LabelOf(name) is { } label)
        {
            var family = name.Substring(0, name.Length - label.Length - 2).ToLowerInvariant();
            return LabelExample is not null && PrecisionRecallF1.Contains(family) ? $"{family}[{label}]" : null;
        }

        name = Aliases.TryGetValue(name, out var meant) ? meant : name;
        return Names.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>" Did you mean X?" for a metric of an evaluation that does not exist, and those that do.</summary>
    internal string Advice(string unknown) => Advice(unknown, Names);

    /// <summary>The same for a metric of a condition, which has more to choose from.</summary>
    internal string AdviceForCondition(string unknown) =>
        $"{Advice(unknown, [.. Names, .. OfEveryModel, .. OfBaselines.Select(name => GainPrefix + name)])} A condition can also have {string.Join(", ", OfEveryModel)}, {GainPrefix}{Best}, the gain over the best baseline, and, of a quantized model, {QuantizationPrefix}{Best}, what quantization changes.";

    private static IEnumerable<string> Averages(params string[] averages) => PrecisionRecallF1.SelectMany(metric => averages.Select(average => $"{metric}.{average}"));

    private string Advice(string unknown, IReadOnlyList<string> candidates)
    {
        var ofLabels = LabelExample is null ? "" : $", or that of a label, such as f1[{LabelExample}]";
        var question = Find(unknown) is { } meant ? $" Did you mean {meant}?" : NameSuggestion.Question(unknown, candidates);
        return $"{question} It can be {string.Join(", ", Names)}{ofLabels}.";
    }
}
