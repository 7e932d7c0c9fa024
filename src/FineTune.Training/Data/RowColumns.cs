using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Which columns of a table hold what a task needs.</summary>
/// <param name="Text">The text column's index.</param>
/// <param name="Pair">The index of the column with the second text, if rows have one.</param>
/// <param name="Labels">The label column's index; several with <c>LabelColumns</c>, none when texts have no labels.</param>
/// <param name="ByPosition">Whether no column was recognized by its name, so that the header may be a row of data.</param>
internal sealed record RowColumns(int Text, int? Pair, IReadOnlyList<int> Labels, bool ByPosition)
{
    private static readonly string[] TextNames = ["text", "sentence", "sentence1"];
    private static readonly string[] LabelNames = ["label", "labels", "category"];

    /// <summary>All of them: text, second text, labels.</summary>
    public IReadOnlyList<int> All => [Text, .. Pair is { } pair ? [pair] : Array.Empty<int>(), .. Labels];

    /// <summary>
    /// Finds the columns: as the plan names them; else by the usual names, whatever their case; else, when just one column is left for the text or
    /// two for text and label, those, the text first and the label last.
    /// </summary>
    /// <param name="columns">The table's columns.</param>
    /// <param name="plan">The plan with its task and the names that it gives.</param>
    /// <param name="location">Where the columns are named.</param>
    /// <exception cref="FineTuneException">A column is missing or cannot be told from the others (FT1003).</exception>
    public static RowColumns Find(IReadOnlyList<string> columns, TrainingPlan plan, SourceLocation location)
    {
        var errors = new DataErrors();
        // The first list with a name that there is decides: a file may have the words of a text and also the text.
        string[][] textNames = plan.Task == FineTuneTask.TokenClassification ? [["tokens", "words"], TextNames] : [TextNames];
        var labelNames = LabelNamesOf(plan.Task);
        var hasLabel = labelNames.Length > 0 && plan.LabelColumns.Count == 0;

        var text = Choose("TextColumn", plan.TextColumn, textNames);
        var pair = plan.TextPairColumn is null ? null : Choose("TextPairColumn", plan.TextPairColumn, []);
        int?[] labels = hasLabel ? [Choose("LabelColumn", plan.LabelColumn, labelNames)] : [.. plan.LabelColumns.Select(name => Choose("LabelColumns", name, []))];
        errors.ThrowIfAny();

        var byPosition = text is null && (!hasLabel || labels[0] is null);
        int[] free = [.. Enumerable.Range(0, columns.Count).Where(index => index != pair && (hasLabel || !labels.Contains(index)))];
        if (free.Length == (hasLabel ? 2 : 1))
        {
            text ??= !hasLabel || labels[0] is null ? free[0] : free[0] == labels[0] ? free[1] : free[0];
            if (hasLabel)
            {
                labels[0] ??= free[0] == text ? free[1] : free[0];
            }
        }

        ReportUndecided("text", "TextColumn", text, textNames);
        if (hasLabel)
        {
            ReportUndecided("label", "LabelColumn", labels[0], labelNames);
        }

        ReportSame("text and second text", "TextColumn and TextPairColumn", text, [pair]);
        ReportSame("text and label", hasLabel ? "TextColumn and LabelColumn" : "TextColumn and LabelColumns", text, labels);
        ReportSame("second text and label", hasLabel ? "TextPairColumn and LabelColumn" : "TextPairColumn and LabelColumns", pair, labels);
        errors.ThrowIfAny();
        return new RowColumns(text!.Value, pair, [.. labels.Select(label => label!.Value)], byPosition);

        int? Choose(string option, string? name, string[][] usualNames)
        {
            var wanted = name is null ? usualNames.FirstOrDefault(names => names.Any(usual => columns.Contains(usual, StringComparer.OrdinalIgnoreCase))) ?? [] : [name.Trim()];
            int[] found = [.. Enumerable.Range(0, columns.Count).Where(index => wanted.Contains(columns[index], StringComparer.OrdinalIgnoreCase))];
            if (name is not null && found.Length > 1)
            {
                found = [.. found.Where(index => columns[index] == wanted[0])];
            }

            if (found.Length > 1)
            {
                errors.Add("FT1003", $"Several columns could be meant: {NearestName.List([.. found.Select(index => columns[index])])}. Set {option} to one of them.", location);
            }
            else if (name is not null && found.Length == 0)
            {
                errors.Add("FT1003", $"There is no column '{name}'; the columns are {NearestName.List(columns)}.{NearestName.Hint(name, columns)} Correct {option}.", location);
            }

            return found.Length == 1 ? found[0] : null;
        }

        void ReportUndecided(string what, string option, int? index, string[][] usualNames)
        {
            if (index is null)
            {
                string[] usual = [.. usualNames.SelectMany(names => names)];
                errors.Add("FT1003", $"No column for the {what} was found; the columns are {NearestName.List(columns)}. Set {option}, or name the column {string.Join(", ", usual[..^1])} or {usual[^1]}.", location);
            }
        }

        void ReportSame(string what, string options, int? index, IEnumerable<int?> others)
        {
            if (index is not null && others.Contains(index))
            {
                errors.Add("FT1003", $"The column '{columns[index.Value]}' cannot be both {what}; the columns are {NearestName.List(columns)}. Set {options}.", location);
            }
        }
    }

    private static string[][] LabelNamesOf(FineTuneTask task) => task switch
    {
        FineTuneTask.TextRegression => [[.. LabelNames, "score", "target", "value"]],
        FineTuneTask.TokenClassification => [["tags", "ner_tags", "spans", "entities"], LabelNames],
        FineTuneTask.MaskedLanguageModeling => [],
        _ => [LabelNames],
    };
}
