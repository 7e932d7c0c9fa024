using System.Text;

namespace FineTune.Training.Data;

/// <summary>Turns byte offsets of a UTF-8 text, asked for in ascending order, into lines and columns.</summary>
/// <param name="text">The text.</param>
/// <param name="line">The line in which it begins.</param>
internal sealed class Utf8Cursor(ReadOnlyMemory<byte> text, int line)
{
    private int offset;
    private int line = line;
    private int column = 1;

    /// <summary>The line and column of the byte, both from 1; columns count UTF-16 code units as editors do.</summary>
    public (int Line, int Column) MoveTo(int target)
    {
        var passed = text.Span[offset..target];
        var lastLineEnd = passed.LastIndexOf((byte)'\n');
        if (lastLineEnd >= 0)
        {
            line += passed.Count((byte)'\n');
            column = 1;
        }

        column += Encoding.UTF8.GetCharCount(passed[(lastLineEnd + 1)..]);
        offset = target;
        return (line, column);
    }
}
