using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using Sylvan.Data.Csv;

namespace FineTune.Training.Data;

/// <summary>
/// The records of a CSV file (RFC 4180: fields with commas, quotes or line breaks stand in double quotes) or a TSV file (no quoting: a tab always
/// separates, a quote is a character like any other), each with as many fields as it has. Empty lines are skipped.
/// </summary>
internal sealed class DelimitedRecords : IDisposable
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
    private int nextLine = 1;

    /// <summary>Opens a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="delimiter">What separates fields.</param>
    /// <param name="quotes">Whether double quotes have a meaning.</param>
    /// <exception cref="FineTuneException">The file cannot be read, or its first record is broken (FT1008).</exception>
    public DelimitedRecords(DataFile file, char delimiter, bool quotes)
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
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>The line in which the record begins.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>How many fields the record has.</summary>
    public int FieldCount => csv.RowFieldCount;

    /// <summary>Reads the next record that is not an empty line.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="FineTuneException">The record is broken (FT1008).</exception>
    public bool Read()
    {
        ReadOnlySpan<char> record;
        do
        {
            Line = nextLine;
            if (!Parsed(csv.Read))
            {
                return false;
            }

            record = csv.GetRawRecordSpan();
            charactersRead += record.Length;
            nextLine = Line + DelimitedCursor.CountLineEnds(record);
        }
        while (record.TrimEnd("\r\n").IsEmpty);

        return true;
    }

    /// <summary>One field of the record.</summary>
    public DataField Field(int index)
    {
        var location = Locate(index);
        return new DataField(csv.GetString(index), location.Line, location.Column);
    }

    /// <summary>Where a field of the record begins.</summary>
    public SourceLocation Locate(int index)
    {
        var cursor = new DelimitedCursor(delimiter, quotes, Line);
        foreach (var character in csv.GetRawRecordSpan())
        {
            if (cursor.Field == index)
            {
                break;
            }

            cursor.Advance(character);
        }

        return new SourceLocation(file.DisplayPath, cursor.FieldLine, cursor.FieldColumn);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        csv.Dispose();
        text.Dispose();
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
}
