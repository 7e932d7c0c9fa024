namespace FineTune.Tool.Terminal;

/// <summary>Columns of text, the first aligned left and the others right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public IEnumerable<string> Lines()
    {
        var widths = header.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        return _rows.Select(row => string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
    }
}
