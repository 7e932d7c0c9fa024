using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads the files of one plan into rows: finds the columns, which must be the same in all files, and collects errors.</summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class ClassificationFiles(TrainingPlan plan, DataErrors errors)
{
    // One string for each label instead of one for each row.
    private readonly Dictionary<string, string> labels = new(StringComparer.Ordinal);
    private (string Text, string Label, string Path)? agreed;

    /// <summary>Headers that were taken as such only because the first row always is: the label column's name and place.</summary>
    public List<(string LabelName, SourceLocation Location)> UnrecognizedHeaders { get; } = [];

    /// <summary>Reads all rows of the files.</summary>
    public List<ClassificationRow> Read(IReadOnlyList<DataFile> files)
    {
        var rows = new List<ClassificationRow>();
        foreach (var file in files)
        {
            ReadTable(file, (table, columns) =>
            {
                var (empty, errorsBefore) = (true, errors.Count);
                foreach (var fields in table.Read([columns.Text, columns.Label], errors))
                {
                    empty = false;
                    var (text, label) = (fields[0], fields[1]);
                    var trimmed = label.Value.AsSpan().Trim();
                    if (string.IsNullOrWhiteSpace(text.Value))
                    {
                        errors.Add("FT1005", "The text is empty. Write one, or remove the row.", new SourceLocation(file.DisplayPath, text.Line, text.Column));
                    }
                    else if (CheckLabel(file, label))
                    {
                        rows.Add(new ClassificationRow(text.Value, Shared(trimmed), new SourceLocation(file.DisplayPath, text.Line, text.Column), trimmed.Length != label.Value.Length));
                    }
                }

                if (empty && errors.Count == errorsBefore)
                {
                    errors.Add("FT1012", "The file has no rows. Add some, or take the file out of the plan.", new SourceLocation(file.DisplayPath));
                }
            });
        }

        return rows;
    }

    /// <summary>Reads only the labels of the files.</summary>
    public IReadOnlyCollection<string> ReadLabels(IReadOnlyList<DataFile> files)
    {
        foreach (var file in files)
        {
            ReadTable(file, (table, columns) =>
            {
                foreach (var fields in table.Read([columns.Label], errors))
                {
                    if (CheckLabel(file, fields[0]))
                    {
                        Shared(fields[0].Value.AsSpan().Trim());
                    }
                }
            });
        }

        return labels.Keys;
    }

    private void ReadTable(DataFile file, Action<IDataTable, ClassificationColumns> read)
    {
        try
        {
            using var table = DataFormats.Open(file);
            var columns = ClassificationColumns.Find(table.Columns, plan.TextColumn, plan.LabelColumn, table.Start);
            CheckAgreement(file, table, columns);
            if (columns.ByPosition && table.HasHeader)
            {
                UnrecognizedHeaders.Add((table.Columns[columns.Label], table.Start));
            }

            read(table, columns);
        }
        catch (FineTuneException exception) when (!errors.IsThrown(exception))
        {
            // This file ends here; the next one may have mistakes of its own to tell.
            errors.Add(exception.Diagnostics);
        }
    }

    private bool CheckLabel(DataFile file, DataField label)
    {
        if (!string.IsNullOrWhiteSpace(label.Value))
        {
            return true;
        }

        errors.Add("FT1006", "The label is empty. Write one, or remove the row.", new SourceLocation(file.DisplayPath, label.Line, label.Column));
        return false;
    }

    private void CheckAgreement(DataFile file, IDataTable table, ClassificationColumns columns)
    {
        var (text, label) = (table.Columns[columns.Text], table.Columns[columns.Label]);
        agreed ??= (text, label, file.DisplayPath);
        if (!string.Equals(text, agreed.Value.Text, StringComparison.OrdinalIgnoreCase) || !string.Equals(label, agreed.Value.Label, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(
                "FT1004",
                $"The columns '{text}' and '{label}' were found here, but '{agreed.Value.Text}' and '{agreed.Value.Label}' in {agreed.Value.Path}. All files of a model need the same columns; rename them, or set TextColumn and LabelColumn.",
                table.Start);
        }
    }

    private string Shared(ReadOnlySpan<char> label)
    {
        var lookup = labels.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(label, out var shared))
        {
            shared = label.ToString();
            labels.Add(shared, shared);
        }

        return shared;
    }
}
