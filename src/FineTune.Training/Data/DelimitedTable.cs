using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using Sylvan.Data.Csv;

namespace FineTune.Training.Data;

/// <summary>
/// CSV (RFC 4180: fields with commas, quotes or line breaks stand in double quotes) and TSV (no quoting: a tab always separates, a quote is a
/// character like any other). The first row is always the header; empty lines are skipped.
/// </summary>
internal sealed class DelimitedTable : IDataTable
{
    // The parser has no way to say "none": a quote must be ASCII, and NUL is the one character that a checked file cannot have. Unicode reserves the other for never being exchanged.
    private const char NoQuote = '\0';
    private const char NoComment = '\uFDD0';
    private const int MaximumRecordLength = 1 << 24;

    private readonly DataFile file;
    private readonly char delimiter;
    private readonly bool quotes;
    private readonly StreamReader text;
    private readonly CsvDataReader csv;
    private long charactersRead;
    private int line = 1;
    private int nextLine = 1;

    private DelimitedTable(DataFile file, char delimiter, bool quotes)
    {
        this.file = file;
        this.delimiter = delimiter;
        this.quotes = quotes;
        text = Utf8File.Open(file);
        try
        {
            csv = Parsed(() => CsvDataReader.Create(text, new CsvDataReaderOptions
            {
                Delimiter = delimiter,
                Quote = quotes ? '"' : NoQuote,
                Escape = quotes ? '"' : NoQuote,
                Comment = NoComment,
                CsvStyle = CsvStyle.Standard,
                HasHeaders = false,
                ResultSetMode = ResultSetMode.SingleResult,
                MaxBufferSize = MaximumRecordLength,
            }));
            Columns = ReadHeader();
            Start = new SourceLocation(file.DisplayPath, line, 1);
        }
        catch
        {
            csv?.Dispose();
            text.Dispose();
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
    public IEnumerable<DataField[]> Read(IReadOnlyList<int> columns, DataErrors errors)
    {
        while (ReadRecord())
        {
            if (csv.RowFieldCount != Columns.Count)
            {
                ReportFieldCount(errors);
                continue;
            }

            var fields = new DataField[columns.Count];
            for (var index = 0; index < fields.Length; index++)
            {
                var (fieldLine, fieldColumn) = Locate(columns[index]);
                fields[index] = new DataField(csv.GetString(columns[index]), fieldLine, fieldColumn);
            }

            yield return fields;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        csv.Dispose();
        text.Dispose();
    }

    private List<string> ReadHeader()
    {
        if (!ReadRecord())
        {
            throw new FineTuneException("FT1012", "The file is empty. It needs a header with the names of its columns, and rows.", new SourceLocation(file.DisplayPath));
        }

        var names = new List<string>();
        var errors = new DataErrors();
        for (var index = 0; index < csv.RowFieldCount; index++)
        {
            var name = csv.GetString(index).Trim();
            if (name.Length > 0 && names.Contains(name))
            {
                var (fieldLine, fieldColumn) = Locate(index);
                errors.Add("FT1007", $"The header names the column '{name}' twice. Rename or remove one of them.", new SourceLocation(file.DisplayPath, fieldLine, fieldColumn));
            }

            names.Add(name);
        }

        errors.ThrowIfAny();
        return names;
    }

    /// <summary>Reads the next record that is not an empty line.</summary>
    private bool ReadRecord()
    {
        ReadOnlySpan<char> record;
        do
        {
            line = nextLine;
            if (!Parsed(csv.Read))
            {
                return false;
            }

            record = csv.GetRawRecordSpan();
            charactersRead += record.Length;
            nextLine = line + DelimitedCursor.CountLineEnds(record);
        }
        while (record.TrimEnd("\r\n").IsEmpty);

        return true;
    }

    private T Parsed<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (CsvRecordTooLargeException exception)
        {
            throw new FineTuneException("FT1008", $"The row is longer than {MaximumRecordLength} characters; probably a quote in it is not closed. Close it, or write quotes within a field twice.", new SourceLocation(file.DisplayPath, nextLine, 1), exception);
        }
        catch (CsvFormatException exception)
        {
            throw BrokenQuote(exception);
        }
    }

    /// <summary>The parser does not say where the broken field begins, so the record is read once more.</summary>
    private FineTuneException BrokenQuote(CsvFormatException exception)
    {
        using var reader = Utf8File.Open(file);
        for (var skipped = 0L; skipped < charactersRead; skipped++)
        {
            reader.Read();
        }

        var cursor = new DelimitedCursor(delimiter, quotes, nextLine);
        var character = reader.Read();
        while (character >= 0 && cursor.Advance((char)character))
        {
            character = reader.Read();
        }

        var reason = character < 0
            ? "The quote that opens this field is never closed."
            : $"This field's quotes end before its text does: '{(char)character}' at line {cursor.Line}, column {cursor.Column} follows a closing quote.";
        return new FineTuneException("FT1008", $"{reason} Write a quote within a quoted field twice, and close the field with one.", new SourceLocation(file.DisplayPath, cursor.FieldLine, cursor.FieldColumn), exception);
    }

    private void ReportFieldCount(DataErrors errors)
    {
        var tooMany = csv.RowFieldCount > Columns.Count;
        var advice = !tooMany ? "Add what is missing."
            : quotes ? $"Put double quotes around a field that contains '{delimiter}'."
            : "Replace tabs within a field by spaces.";
        var (fieldLine, fieldColumn) = tooMany ? Locate(Columns.Count) : (line, 1);
        errors.Add("FT1009", $"The row has {csv.RowFieldCount} fields, the header {Columns.Count}. {advice}", new SourceLocation(file.DisplayPath, fieldLine, fieldColumn));
    }

    private (int Line, int Column) Locate(int field)
    {
        var cursor = new DelimitedCursor(delimiter, quotes, line);
        foreach (var character in csv.GetRawRecordSpan())
        {
            if (cursor.Field == field)
            {
                break;
            }

            cursor.Advance(character);
        }

        return (cursor.FieldLine, cursor.FieldColumn);
    }
}
