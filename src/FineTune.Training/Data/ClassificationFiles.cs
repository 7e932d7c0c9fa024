using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads the files of a classification plan.</summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class ClassificationFiles(TrainingPlan plan, DataErrors errors) : TaskFiles<ClassificationRow>(plan, errors)
{
    private readonly SharedNames labels = new();

    /// <summary>Reads only the labels of the files.</summary>
    public IReadOnlyCollection<string> ReadLabels(IReadOnlyList<DataFile> files)
    {
        foreach (var file in files)
        {
            Attempt(() =>
            {
                using var table = Open(file, out var columns);
                foreach (var fields in table.Read(columns.Labels, Errors))
                {
                    if (CheckLabel(new TableRow(file, fields[0], null, fields), fields[0]))
                    {
                        labels.Share(fields[0].Value.AsSpan().Trim());
                    }
                }
            });
        }

        return labels.All;
    }

    /// <inheritdoc/>
    protected override ClassificationRow? ReadRow(TableRow row)
    {
        var label = row.Labels[0];
        var trimmed = label.Value.AsSpan().Trim();
        return CheckLabel(row, label)
            ? new ClassificationRow(row.Text.Value, labels.Share(trimmed), row.Origin, trimmed.Length != label.Value.Length) { Pair = row.Pair?.Value }
            : null;
    }

    private bool CheckLabel(TableRow row, DataField label)
    {
        if (!string.IsNullOrWhiteSpace(label.Value))
        {
            return true;
        }

        Errors.Add("FT1006", "The label is empty. Write one, or remove the row.", row.Place(label));
        return false;
    }
}
