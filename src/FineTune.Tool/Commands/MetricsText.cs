using System.Globalization;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Tool.Commands;

/// <summary>Metrics in a line for people.</summary>
internal static class MetricsText
{
    // Those of all tasks, in the order in which they are shown; which a model has is a matter of its task.
    private static readonly string[] Headline =
        ["f1", "f1.strict", "accuracy", "f1.micro", "f1.macro", "exact_match", "rmse", "mae", "pearson", "spearman", "mcc", "perplexity", "loss"];

    private static readonly Dictionary<string, string> BaselineTitles = new(StringComparer.Ordinal)
    {
        ["majority"] = "most frequent label",
        ["mean"] = "the mean",
        ["tfidf"] = "TF-IDF",
        ["word"] = "most frequent tag of each word",
        ["unigram"] = "most frequent token",
    };

    /// <summary>What <see cref="Summary(IReadOnlyDictionary{string, double}, IReadOnlyDictionary{string, IReadOnlyList{double}})"/> says, and the baseline to compare it with.</summary>
    public static string Summary(MetricsDocument metrics)
    {
        var compared = Enum.TryParse<FineTuneTask>(metrics.Task, out var task) ? TaskMetrics.Of(task).Best : Headline[0];
        var best = metrics.Baseline.Where(baseline => baseline.Value.ContainsKey(compared))
            .MaxBy(baseline => TaskMetrics.IsBetterWhenLower(compared) ? -baseline.Value[compared] : baseline.Value[compared]);
        return Summary(metrics.Metrics, metrics.Intervals)
            + (best.Key is null ? "" : $"; best baseline: {BaselineTitles.GetValueOrDefault(best.Key, best.Key)}, {compared} {Number(best.Value[compared])}");
    }

    /// <summary>The metrics that matter most, with their 95 % intervals: <c>accuracy 0.8420 (0.8070 to 0.8710), f1.macro 0.8300</c>.</summary>
    public static string Summary(IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, IReadOnlyList<double>> intervals)
        => string.Join(", ", Headline.Where(name => metrics.ContainsKey(name) && !(name == "f1.micro" && metrics.ContainsKey("accuracy"))).Select(name => $"{name} {Number(metrics[name])}"
            + (intervals.TryGetValue(name, out var interval) ? $" ({Number(interval[0])} to {Number(interval[1])})" : "")));

    /// <summary>What quantization changed, in size and in the metric that matters most; <see langword="null"/> for a model that is not quantized.</summary>
    public static string? Quantization(MetricsDocument metrics)
    {
        if (metrics.Quantization is not { } effect)
        {
            return null;
        }

        string[] shown = Enum.TryParse<FineTuneTask>(metrics.Task, out var task) ? ["size.mb", TaskMetrics.Of(task).Best] : ["size.mb"];
        var changes = shown.Where(name => metrics.Metrics.ContainsKey(name) && effect.Float32Metrics.ContainsKey(name))
            .Select(name => $"{name} {Number(metrics.Metrics[name])} instead of {Number(effect.Float32Metrics[name])}");
        return $"quantized to {effect.Form}: {string.Join(", ", changes)}; outputs differ by {Number(effect.LargestDifference)} at most";
    }

    public static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
