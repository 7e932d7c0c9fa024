namespace FineTune.Runtime.Tokenization;

/// <summary>Collects the characters of one word, with their places in the text, and turns each finished word into tokens.</summary>
internal sealed class WordBuffer(WordPieceModel model, List<TextToken> tokens, int enough)
{
    /// <summary>Words with more code points than this are unknown, as in the reference.</summary>
    internal const int LongestWord = 100;

    private readonly char[] _characters = new char[2 * LongestWord];
    private readonly int[] _starts = new int[2 * LongestWord];
    private readonly int[] _ends = new int[2 * LongestWord];
    private int _start;
    private int _end;
    private int _wordStart;
    private int _wordEnd;
    private int _length;
    private int _codePoints;
    private int _orderStart;

    /// <summary>Whether a word was the last that is asked for; those after it are left out.</summary>
    internal bool IsFull { get; private set; }

    /// <summary>Says which range of the text the code points that follow stand for.</summary>
    internal void MoveTo(int start, int end) => (_start, _end) = (start, end);

    /// <summary>Adds a code point to the word.</summary>
    internal void Append(int codePoint)
    {
        Insert(_length, codePoint);
        _orderStart = _length;
    }

    /// <summary>Adds a combining code point where canonical order puts it among its neighbours.</summary>
    internal void AppendInOrder(int codePoint, int combiningClass)
    {
        var position = _length;
        while (position > _orderStart)
        {
            var width = char.IsLowSurrogate(_characters[position - 1]) ? 2 : 1;
            var previous = width == 2 ? char.ConvertToUtf32(_characters[position - 2], _characters[position - 1]) : _characters[position - 1];
            if (BertUnicode.CombiningClassOf(previous) <= combiningClass)
            {
                break;
            }

            position -= width;
        }

        Insert(position, codePoint);
    }

    /// <summary>Nothing that follows is put before what is there.</summary>
    internal void KeepOrder() => _orderStart = _length;

    /// <summary>Ends the word, if there is one, and adds its tokens.</summary>
    internal void EndWord()
    {
        if (_codePoints > 0 && !IsFull)
        {
            if (_codePoints > LongestWord)
            {
                tokens.Add(new TextToken(model.UnknownId, _wordStart, _wordEnd));
            }
            else
            {
                model.Tokenize(_characters.AsSpan(0, _length), _starts, _ends, tokens);
            }

            IsFull = tokens.Count >= enough;
        }

        _length = 0;
        _codePoints = 0;
        _orderStart = 0;
    }

    private void Insert(int position, int codePoint)
    {
        _wordStart = _codePoints == 0 ? _start : _wordStart;
        _wordEnd = _end;
        _codePoints++;
        if (_codePoints > LongestWord)
        {
            return;
        }

        var width = codePoint > char.MaxValue ? 2 : 1;
        if (position < _length)
        {
            Array.Copy(_characters, position, _characters, position + width, _length - position);
        }

        // Characters change places, and ranges do not: so has it the reference.
        for (var i = _length; i < _length + width; i++)
        {
            (_starts[i], _ends[i]) = (_start, _end);
        }

        if (width == 1)
        {
            _characters[position] = (char)codePoint;
        }
        else
        {
            _characters[position] = (char)(((codePoint - 0x10000) >> 10) + 0xD800);
            _characters[position + 1] = (char)(((codePoint - 0x10000) & 0x3FF) + 0xDC00);
        }

        _length += width;
    }
}
