using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads texts without labels: a column of tables, and the lines of <c>.txt</c> files, of which blank ones do not count.</summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class PlainTextFiles(TrainingPlan plan, DataErrors errors) : TaskFiles<PlainText>(plan, errors)
{
    /// <inheritdoc/>
    protected override void ReadFile(DataFile file, List<PlainText> rows)
    {
        if (!string.Equals(Path.GetExtension(file.FullPath), ".txt", StringComparison.OrdinalIgnoreCase))
        {
            base.ReadFile(file, rows);
            return;
        }

        using var reader = Utf8File.Open(file);
        var before = rows.Count;
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                rows.Add(new PlainText(text, new SourceLocation(file.DisplayPath, line, 1)));
            }
        }

        if (rows.Count == before)
        {
            ReportNoRows(file);
        }
    }

    /// <inheritdoc/>
    protected override PlainText? ReadRow(TableRow row) => new(row.Text.Value, row.Origin);
}
