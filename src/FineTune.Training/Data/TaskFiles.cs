using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads the files of one plan into rows of its task: finds the columns, which must be the same in all files, and collects errors.</summary>
/// <typeparam name="TRow">A row as the files have it.</typeparam>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal abstract class TaskFiles<TRow>(TrainingPlan plan, DataErrors errors)
    where TRow : class
{
    private (string[] Columns, string Path)? agreed;

    /// <summary>Headers that were taken as such only because the first row always is: the label column's name and place.</summary>
    public List<(string LabelName, SourceLocation Location)> UnrecognizedHeaders { get; } = [];

    /// <summary>Where a file has a column <c>sentence2</c> beside <c>sentence1</c> that nobody asked for.</summary>
    public SourceLocation? UnusedPair { get; private set; }

    /// <summary>The plan.</summary>
    protected TrainingPlan Plan => plan;

    /// <summary>Takes the errors.</summary>
    protected DataErrors Errors => errors;

    /// <summary>Whether values in JSON may be arrays and objects.</summary>
    protected virtual bool HasNestedValues => false;

    /// <summary>Reads all rows of the files.</summary>
    public List<TRow> Read(IReadOnlyList<DataFile> files)
    {
        var rows = new List<TRow>();
        foreach (var file in files)
        {
            Attempt(() => ReadFile(file, rows));
        }

        return rows;
    }

    /// <summary>Reads one file of any format that the task has.</summary>
    protected virtual void ReadFile(DataFile file, List<TRow> rows)
    {
        var (empty, errorsBefore) = (true, errors.Count);
        using var table = Open(file, out var columns);
        foreach (var fields in table.Read(columns.All, errors, HasNestedValues))
        {
            empty = false;
            var pair = columns.Pair is null ? (DataField?)null : fields[1];
            var row = new TableRow(file, fields[0], pair, fields[(pair is null ? 1 : 2)..]);
            if (CheckTexts(row) && ReadRow(row) is { } read)
            {
                rows.Add(read);
            }
        }

        if (empty && errors.Count == errorsBefore)
        {
            ReportNoRows(file);
        }
    }

    /// <summary>A row of a table; <see langword="null"/> when it has a mistake, which is reported.</summary>
    protected abstract TRow? ReadRow(TableRow row);

    /// <summary>Reports texts of white space only.</summary>
    /// <returns>Whether the texts can be used.</returns>
    protected virtual bool CheckTexts(TableRow row)
    {
        if (string.IsNullOrWhiteSpace(row.Text.Value))
        {
            errors.Add("FT1005", "The text is empty. Write one, or remove the row.", row.Origin);
            return false;
        }

        if (row.Pair is { } pair && string.IsNullOrWhiteSpace(pair.Value))
        {
            errors.Add("FT1005", "The second text is empty. Write one, or remove the row.", row.Place(pair));
            return false;
        }

        return true;
    }

    /// <summary>Opens a table and finds its columns.</summary>
    protected IDataTable Open(DataFile file, out RowColumns columns)
    {
        var table = DataFormats.Open(file);
        try
        {
            columns = RowColumns.Find(table.Columns, plan, table.Start);
            CheckAgreement(file, table, columns);
            if (columns.ByPosition && columns.Labels.Count == 1 && table.HasHeader)
            {
                UnrecognizedHeaders.Add((table.Columns[columns.Labels[0]], table.Start));
            }

            if (columns.Pair is null && IsNamed(columns.Text, "sentence1") && table.Columns.Contains("sentence2", StringComparer.OrdinalIgnoreCase))
            {
                UnusedPair ??= table.Start;
            }

            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }

        bool IsNamed(int column, string name) => string.Equals(table.Columns[column], name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Runs what reads a file; when the file cannot be read on, the next one may have mistakes of its own to tell.</summary>
    protected void Attempt(Action read)
    {
        try
        {
            read();
        }
        catch (FineTuneException exception) when (!errors.IsThrown(exception))
        {
            errors.Add(exception.Diagnostics);
        }
    }

    /// <summary>Reports a file without rows.</summary>
    protected void ReportNoRows(DataFile file) => errors.Add("FT1012", "The file has no rows. Add some, or take the file out of the plan.", new SourceLocation(file.DisplayPath));

    private void CheckAgreement(DataFile file, IDataTable table, RowColumns columns)
    {
        string[] names = [.. columns.All.Select(column => table.Columns[column])];
        agreed ??= (names, file.DisplayPath);
        if (!names.SequenceEqual(agreed.Value.Columns, StringComparer.OrdinalIgnoreCase))
        {
            errors.Add(
                "FT1004",
                $"The columns {NearestName.List(names)} were found here, but {NearestName.List(agreed.Value.Columns)} in {agreed.Value.Path}. All files of a model need the same columns; rename them, or set TextColumn and LabelColumn.",
                table.Start);
        }
    }
}
