using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>Which columns of a file hold the text and the label.</summary>
/// <param name="Text">The text column's index.</param>
/// <param name="Label">The label column's index.</param>
/// <param name="ByPosition">Whether neither column was recognized by its name, so that the header may be a row of data.</param>
internal sealed record ClassificationColumns(int Text, int Label, bool ByPosition)
{
    private static readonly string[] TextNames = ["text", "sentence", "sentence1"];
    private static readonly string[] LabelNames = ["label", "labels", "category"];

    /// <summary>
    /// Finds the columns: as the plan names them; else by the usual names, whatever their case; else, of exactly two columns, the one that is left,
    /// the text first and the label last.
    /// </summary>
    /// <param name="columns">The file's columns.</param>
    /// <param name="textColumn">The plan's <c>TextColumn</c>.</param>
    /// <param name="labelColumn">The plan's <c>LabelColumn</c>.</param>
    /// <param name="location">Where the columns are named.</param>
    /// <exception cref="FineTuneException">A column is missing or cannot be told from the others (FT1003).</exception>
    public static ClassificationColumns Find(IReadOnlyList<string> columns, string? textColumn, string? labelColumn, SourceLocation location)
    {
        var errors = new DataErrors();
        var text = Choose("TextColumn", textColumn, TextNames);
        var label = Choose("LabelColumn", labelColumn, LabelNames);
        errors.ThrowIfAny();

        var byPosition = text is null && label is null;
        if (columns.Count == 2)
        {
            text ??= label is null ? 0 : 1 - label.Value;
            label ??= 1 - text.Value;
        }

        ReportUndecided("text", "TextColumn", text, TextNames);
        ReportUndecided("label", "LabelColumn", label, LabelNames);
        if (text is not null && text == label)
        {
            errors.Add("FT1003", $"The column '{columns[text.Value]}' cannot be both text and label; the columns are {NearestName.List(columns)}. Set TextColumn and LabelColumn.", location);
        }

        errors.ThrowIfAny();
        return new ClassificationColumns(text!.Value, label!.Value, byPosition);

        int? Choose(string option, string? name, string[] usualNames)
        {
            var wanted = name is null ? usualNames : [name.Trim()];
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

        void ReportUndecided(string what, string option, int? index, string[] usualNames)
        {
            if (index is null)
            {
                errors.Add("FT1003", $"No column for the {what} was found; the columns are {NearestName.List(columns)}. Set {option}, or name the column {string.Join(", ", usualNames[..^1])} or {usualNames[^1]}.", location);
            }
        }
    }
}
