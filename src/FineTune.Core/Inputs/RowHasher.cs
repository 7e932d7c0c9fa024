using System.Security.Cryptography;

namespace FineTune.Core.Inputs;

/// <summary>
/// Divides a data file into rows and gives a 64-bit hash of each. It knows no columns and judges nothing: it only has to find the same rows in two versions of a
/// file. Line ends, empty rows and the layout of JSON make no difference.
/// </summary>
internal sealed class RowHasher : IDisposable
{
    private const byte LineFeed = (byte)'\n', CarriageReturn = (byte)'\r', Quote = (byte)'"', Backslash = (byte)'\\', Comma = (byte)',';

    private readonly RowForm _form;
    private readonly Action<ulong> _report;
    private readonly SHA256 _algorithm = SHA256.Create();

    private byte[] _row = new byte[256];
    private int _length;
    private bool _isInQuotes;
    private bool _isEscaped;
    private bool _isLineEmpty = true;
    private int _depth;
    private int _elementDepth;

    private RowHasher(RowForm form, Action<ulong> report) => (_form, _report) = (form, report);

    /// <summary>Calls <paramref name="report"/> with the hash of each row, in their order.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static void Read(Stream stream, RowForm form, Action<ulong> report)
    {
        using var hasher = new RowHasher(form, report);
        var buffer = new byte[1 << 16];
        var isStart = true;
        for (int count; (count = stream.Read(buffer, 0, buffer.Length)) > 0; isStart = false)
        {
            var hasMark = isStart && count >= 3 && buffer[0] == 0xEF && buffer[1] == 0xBB && buffer[2] == 0xBF;
            for (var i = hasMark ? 3 : 0; i < count; i++)
            {
                hasher.Add(buffer[i]);
            }
        }

        hasher.EndRow();
    }

    public void Dispose() => _algorithm.Dispose();

    private void Add(byte value)
    {
        switch (_form)
        {
            case RowForm.Blocks:
                AddToBlock(value);
                break;
            case RowForm.JsonElements:
                AddToDocument(value);
                break;
            default:
                AddToLine(value);
                break;
        }
    }

    private void AddToLine(byte value)
    {
        _isInQuotes ^= value == Quote && _form == RowForm.QuotedLines;
        if (value == LineFeed && !_isInQuotes)
        {
            EndRow();
        }
        else
        {
            Append(value);
        }
    }

    private void AddToBlock(byte value)
    {
        if (value == CarriageReturn)
        {
            return;
        }

        if (value != LineFeed)
        {
            _isLineEmpty &= value is (byte)' ' or (byte)'\t';
            Append(value);
            return;
        }

        if (_isLineEmpty)
        {
            EndRow();
        }
        else
        {
            Append(value);
        }

        _isLineEmpty = true;
    }

    private void AddToDocument(byte value)
    {
        if (_isInQuotes)
        {
            _isInQuotes = _isEscaped || value != Quote;
            _isEscaped = !_isEscaped && value == Backslash;
            AppendElement(value);
            return;
        }

        switch (value)
        {
            case (byte)' ' or (byte)'\t' or LineFeed or CarriageReturn:
                break;
            case (byte)'[' or (byte)'{':
                // The rows are the elements of the outermost array, or of an array in the outermost object.
                _elementDepth = _elementDepth > 0 ? _elementDepth : value == (byte)'[' ? 1 : 2;
                AppendElement(value);
                _depth++;
                break;
            case (byte)']' or (byte)'}':
                if (_depth == _elementDepth)
                {
                    EndRow();
                }

                _depth--;
                AppendElement(value);
                break;
            case Comma when _depth == _elementDepth:
                EndRow();
                break;
            default:
                _isInQuotes = value == Quote;
                AppendElement(value);
                break;
        }
    }

    private void AppendElement(byte value)
    {
        if (_elementDepth > 0 && _depth >= _elementDepth)
        {
            Append(value);
        }
    }

    private void Append(byte value)
    {
        if (_length == _row.Length)
        {
            Array.Resize(ref _row, _row.Length * 2);
        }

        _row[_length++] = value;
    }

    private void EndRow()
    {
        while (_length > 0 && _row[_length - 1] is CarriageReturn or LineFeed)
        {
            _length--;
        }

        if (_length > 0)
        {
            _report(BitConverter.ToUInt64(_algorithm.ComputeHash(_row, 0, _length), 0));
        }

        _length = 0;
    }
}
