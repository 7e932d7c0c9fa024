using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>A JSON document: an array of objects, or an object whose <c>data</c> is such an array. Each object is a row, its keys are the columns.</summary>
internal sealed class JsonTable : IDataTable
{
    private readonly DataFile file;
    private readonly ReadOnlyMemory<byte> text;
    private readonly Utf8Cursor cursor;
    private JsonReaderState state;
    private int offset;

    private JsonTable(DataFile file)
    {
        this.file = file;
        text = Utf8File.ReadAllBytes(file);
        cursor = new Utf8Cursor(text, line: 1);
        var reader = new Utf8JsonReader(text.Span);
        try
        {
            MoveIntoRows(ref reader);
            state = reader.CurrentState;
            offset = (int)reader.BytesConsumed;
            reader.Read();
            var (line, column) = new Utf8Cursor(text, line: 1).MoveTo((int)reader.TokenStartIndex);
            Start = new SourceLocation(file.DisplayPath, line, column);
            Columns = reader.TokenType switch
            {
                JsonTokenType.StartObject => JsonRows.ReadKeys(ref reader),
                JsonTokenType.EndArray => throw new FineTuneException("FT1012", "The file has no rows.", Start),
                _ => throw WrongForm(Start),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(exception, (int)reader.TokenStartIndex);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc />
    public SourceLocation Start { get; }

    /// <inheritdoc />
    public bool HasHeader => false;

    /// <summary>Reads a file up to its first row.</summary>
    /// <exception cref="FineTuneException">The file cannot be read, is not JSON (FT1013), has another form (FT1014) or no rows (FT1012).</exception>
    public static JsonTable Open(DataFile file) => new(file);

    /// <inheritdoc />
    public IEnumerable<DataField[]> Read(IReadOnlyList<int> columns, DataErrors errors, bool nested = false)
    {
        string[] keys = [.. columns.Select(column => Columns[column])];
        while (ReadRow(keys, errors, nested, out var row))
        {
            if (row is not null)
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // The whole document is in memory; nothing is open.
    }

    private void MoveIntoRows(ref Utf8JsonReader reader)
    {
        if (text.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new FineTuneException("FT1012", "The file is empty.", new SourceLocation(file.DisplayPath));
        }

        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && !reader.ValueTextEquals("data"u8))
            {
                reader.Skip();
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                reader.Read();
            }
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw WrongForm(new SourceLocation(file.DisplayPath, 1, 1));
        }
    }

    /// <summary>Reads on from where the last call ended; a reader cannot be kept because it lives on the stack.</summary>
    private bool ReadRow(string[] keys, DataErrors errors, bool nested, out DataField[]? row)
    {
        var reader = new Utf8JsonReader(text.Span[offset..], isFinalBlock: true, state);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                // To the end, so that a document that breaks off is found.
                while (reader.Read())
                {
                }

                row = null;
                return false;
            }

            row = JsonRows.Read(ref reader, offset, cursor, keys, file.DisplayPath, errors, nested);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(exception, offset + (int)reader.TokenStartIndex);
        }

        state = reader.CurrentState;
        offset += (int)reader.BytesConsumed;
        return true;
    }

    private FineTuneException Invalid(Exception exception, int lastOffset)
        => new([JsonRows.Invalid(text, firstLine: 1, exception, file.DisplayPath, lastOffset)], exception);

    private static FineTuneException WrongForm(SourceLocation location)
        => new("FT1014", "The document must be an array of objects, or an object whose 'data' is one. For one object in each line use the extension .jsonl.", location);
}
