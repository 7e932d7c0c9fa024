namespace FineTune.Training.Data;

/// <summary>
/// Follows delimited text character by character, to tell the line and column of a field. The library that parses the rows gives no
/// places; this runs over a row only when one is needed.
/// </summary>
/// <param name="delimiter">What separates fields.</param>
/// <param name="quotes">Whether double quotes have a meaning.</param>
/// <param name="line">The line of the first character.</param>
internal struct DelimitedCursor(char delimiter, bool quotes, int line)
{
    private State state = State.FieldStart;
    private bool afterCarriageReturn;

    private enum State
    {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    /// <summary>The line of the next character.</summary>
    public int Line { get; private set; } = line;

    /// <summary>The column of the next character.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>The number of the field in its row, from 0.</summary>
    public int Field { get; private set; }

    /// <summary>The line in which the field begins.</summary>
    public int FieldLine { get; private set; } = line;

    /// <summary>The column in which the field begins.</summary>
    public int FieldColumn { get; private set; } = 1;

    /// <summary>Goes over one character.</summary>
    /// <returns>Whether it may stand there; only text after a closing quote may not.</returns>
    public bool Advance(char character)
    {
        var endsField = state != State.Quoted && (character == delimiter || character is '\r' or '\n');
        if (state == State.QuoteInQuoted && !endsField && character != '"')
        {
            return false;
        }

        state = state switch
        {
            _ when endsField => State.FieldStart,
            State.FieldStart => quotes && character == '"' ? State.Quoted : State.Plain,
            State.Quoted when character == '"' => State.QuoteInQuoted,
            State.QuoteInQuoted => State.Quoted,
            _ => state,
        };

        Move(character);
        if (endsField)
        {
            Field++;
            FieldLine = Line;
            FieldColumn = Column;
        }

        return true;
    }

    /// <summary>How many line ends (LF, CRLF or CR) there are.</summary>
    public static int CountLineEnds(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (text.IndexOfAny('\r', '\n') is >= 0 and var index)
        {
            var length = text[index..].StartsWith("\r\n") ? 2 : 1;
            text = text[(index + length)..];
            count++;
        }

        return count;
    }

    private void Move(char character)
    {
        if (character is '\r' || (character is '\n' && !afterCarriageReturn))
        {
            Line++;
            Column = 1;
        }
        else if (character is not '\n')
        {
            Column++;
        }

        afterCarriageReturn = character is '\r';
    }
}
