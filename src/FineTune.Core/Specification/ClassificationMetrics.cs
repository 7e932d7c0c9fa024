namespace FineTune.Core.Specification;

/// <summary>The names of the metrics of a classifier.</summary>
internal static class ClassificationMetrics
{
    private static readonly string[] OfLabels = ["precision", "recall", "f1"];

    /// <summary>The metrics that do not name a label.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "accuracy", "mcc", "loss", .. OfLabels.SelectMany(metric => new[] { $"{metric}.macro", $"{metric}.micro", $"{metric}.weighted" }),
    ];

    /// <summary>The label of a name such as <c>f1[refund]</c>; <see langword="null"/> when the name is none of these.</summary>
    public static string? LabelOf(string name)
    {
        var bracket = name.IndexOf('[');
        return bracket > 0 && bracket < name.Length - 2 && name[name.Length - 1] == ']' && OfLabels.Contains(name.Substring(0, bracket))
            ? name.Substring(bracket + 1, name.Length - bracket - 2)
            : null;
    }
}
