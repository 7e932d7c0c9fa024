using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>JSON Lines: one object in each line; empty lines are skipped. A broken line is reported and does not hinder the others.</summary>
internal sealed class JsonLinesTable : IDataTable
{
    private readonly DataFile file;
    private readonly StreamReader reader;
    private ReadOnlyMemory<byte>? current;
    private int line;

    private JsonLinesTable(DataFile file)
    {
        this.file = file;
        reader = Utf8File.Open(file);
        try
        {
            current = ReadLine() ?? throw new FineTuneException("FT1012", "The file is empty. It needs one JSON object in each line.", new SourceLocation(file.DisplayPath));
            Start = new SourceLocation(file.DisplayPath, line, 1);
            Columns = ReadFirstKeys(current.Value);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc />
    public SourceLocation Start { get; }

    /// <inheritdoc />
    public bool HasHeader => false;

    /// <summary>Opens a file and reads the keys of its first row.</summary>
    /// <exception cref="FineTuneException">The file cannot be read, is empty (FT1012), or does not begin with a JSON object (FT1013, FT1014).</exception>
    public static JsonLinesTable Open(DataFile file) => new(file);

    /// <inheritdoc />
    public IEnumerable<DataField[]> Read(IReadOnlyList<int> columns, DataErrors errors, bool nested = false)
    {
        string[] keys = [.. columns.Select(column => Columns[column])];
        for (; current is { } text; current = ReadLine())
        {
            if (ReadRow(text, keys, errors, nested) is { } row)
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => reader.Dispose();

    private ReadOnlyMemory<byte>? ReadLine()
    {
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                return Encoding.UTF8.GetBytes(text);
            }
        }

        return null;
    }

    private List<string> ReadFirstKeys(ReadOnlyMemory<byte> text)
    {
        var json = new Utf8JsonReader(text.Span);
        try
        {
            json.Read();
            return json.TokenType == JsonTokenType.StartObject
                ? JsonRows.ReadKeys(ref json)
                : throw new FineTuneException("FT1014", "The first line is no JSON object. A .jsonl file has one object in each line; for an array use the extension .json.", Start);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FineTuneException([JsonRows.Invalid(text, line, exception, file.DisplayPath, (int)json.TokenStartIndex)], exception);
        }
    }

    private DataField[]? ReadRow(ReadOnlyMemory<byte> text, string[] keys, DataErrors errors, bool nested)
    {
        var json = new Utf8JsonReader(text.Span);
        try
        {
            json.Read();
            var row = JsonRows.Read(ref json, start: 0, new Utf8Cursor(text, line), keys, file.DisplayPath, errors, nested);
            // Once more, so that text after the object is found.
            json.Read();
            return row;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            errors.Add([JsonRows.Invalid(text, line, exception, file.DisplayPath, (int)json.TokenStartIndex)]);
            return null;
        }
    }
}
