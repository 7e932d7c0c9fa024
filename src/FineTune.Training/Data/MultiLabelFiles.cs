using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>
/// Reads the files of a multi-label plan. A row's labels are a JSON array, a text with <c>LabelSeparator</c> between them, or, with <c>LabelColumns</c>, those of
/// the columns with 1.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class MultiLabelFiles(TrainingPlan plan, DataErrors errors) : TaskFiles<MultiLabelRow>(plan, errors)
{
    private readonly SharedNames names = new();

    /// <inheritdoc/>
    protected override bool HasNestedValues => true;

    /// <inheritdoc/>
    protected override bool CheckTexts(TableRow row)
    {
        foreach (var text in (DataField[])[row.Text, .. row.Pair is { } pair ? [pair] : Array.Empty<DataField>()])
        {
            if (text.IsJson)
            {
                Errors.Add("FT1016", "The text is an array or an object. It must be a string.", row.Place(text));
                return false;
            }
        }

        return base.CheckTexts(row);
    }

    /// <inheritdoc/>
    protected override MultiLabelRow? ReadRow(TableRow row)
    {
        var labels = Plan.LabelColumns.Count > 0 ? FromColumns(row) : FromField(row, row.Labels[0]);
        return labels is null ? null : new MultiLabelRow(row.Text.Value, labels, row.Origin) { Pair = row.Pair?.Value };
    }

    private List<string>? FromColumns(TableRow row)
    {
        var labels = new List<string>();
        var isComplete = true;
        for (var column = 0; column < row.Labels.Count; column++)
        {
            var field = row.Labels[column];
            switch (field.Value.Trim().ToLowerInvariant())
            {
                // Tables of numbers with gaps are often saved with a decimal point.
                case "1" or "1.0" or "true":
                    labels.Add(Plan.LabelColumns[column]);
                    break;
                case "0" or "0.0" or "false":
                    break;
                default:
                    Errors.Add("FT1051", $"The column '{Plan.LabelColumns[column]}' of LabelColumns must have 1 or 0, or true or false; '{field.Value}' is neither.", row.Place(field));
                    isComplete = false;
                    break;
            }
        }

        return isComplete ? labels : null;
    }

    private List<string>? FromField(TableRow row, DataField field)
    {
        var text = field.Value.Trim();
        IReadOnlyList<string>? items = text.Split(Plan.LabelSeparator, StringSplitOptions.RemoveEmptyEntries);
        // In CSV and TSV an array is a text, too.
        if ((field.IsJson || text is ['[', .., ']']) && !JsonValues.TryReadTexts(text, out items))
        {
            Errors.Add("FT1053", "The labels are no array of texts. Write them as [\"one\", \"two\"], with double quotes, or as a text with LabelSeparator between them.", row.Place(field));
            return null;
        }

        var labels = new List<string>();
        foreach (var item in items!)
        {
            var label = names.Share(item.AsSpan().Trim());
            if (label.Length == 0 && (field.IsJson || items!.Count == 1))
            {
                Errors.Add("FT1006", "A label is empty. Write one, or remove it; a row without labels has an empty array.", row.Place(field));
                return null;
            }

            if (label.Length > 0 && !labels.Contains(label))
            {
                labels.Add(label);
            }
        }

        return labels;
    }
}
