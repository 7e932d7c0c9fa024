using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>A CSV or TSV file whose first row is the header and whose other rows have as many fields; see <see cref="DelimitedRecords"/>.</summary>
internal sealed class DelimitedTable : IDataTable
{
    private readonly DataFile file;
    private readonly char delimiter;
    private readonly bool quotes;
    private readonly DelimitedRecords records;

    private DelimitedTable(DataFile file, char delimiter, bool quotes)
    {
        this.file = file;
        this.delimiter = delimiter;
        this.quotes = quotes;
        records = new DelimitedRecords(file, delimiter, quotes);
        try
        {
            Columns = ReadHeader();
            Start = new SourceLocation(file.DisplayPath, records.Line, 1);
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc />
    public SourceLocation Start { get; }

    /// <inheritdoc />
    public bool HasHeader => true;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="FineTuneException">The file cannot be read, is empty (FT1012), or its header names a column twice (FT1007).</exception>
    public static DelimitedTable Open(DataFile file, char delimiter, bool quotes) => new(file, delimiter, quotes);

    /// <inheritdoc />
    public IEnumerable<DataField[]> Read(IReadOnlyList<int> columns, DataErrors errors, bool nested = false)
    {
        while (records.Read())
        {
            if (records.FieldCount != Columns.Count)
            {
                ReportFieldCount(errors);
                continue;
            }

            yield return [.. columns.Select(records.Field)];
        }
    }

    /// <inheritdoc />
    public void Dispose() => records.Dispose();

    private List<string> ReadHeader()
    {
        if (!records.Read())
        {
            throw new FineTuneException("FT1012", "The file is empty. It needs a header with the names of its columns, and rows.", new SourceLocation(file.DisplayPath));
        }

        var names = new List<string>();
        var errors = new DataErrors();
        for (var index = 0; index < records.FieldCount; index++)
        {
            var name = records.Field(index).Value.Trim();
            if (name.Length > 0 && names.Contains(name))
            {
                errors.Add("FT1007", $"The header names the column '{name}' twice. Rename or remove one of them.", records.Locate(index));
            }

            names.Add(name);
        }

        errors.ThrowIfAny();
        return names;
    }

    private void ReportFieldCount(DataErrors errors)
    {
        var tooMany = records.FieldCount > Columns.Count;
        var advice = !tooMany ? "Add what is missing."
            : quotes ? $"Put double quotes around a field that contains '{delimiter}'."
            : "Replace tabs within a field by spaces.";
        errors.Add("FT1009", $"The row has {records.FieldCount} fields, the header {Columns.Count}. {advice}", tooMany ? records.Locate(Columns.Count) : new SourceLocation(file.DisplayPath, records.Line, 1));
    }
}
