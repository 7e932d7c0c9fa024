using Microsoft.ML.Tokenizers;

namespace FineTune.Runtime.Tokenization;

/// <summary>Collects the characters of one word and turns each finished word into token ids.</summary>
internal sealed class WordBuffer(WordPieceTokenizer wordPiece, int unknownId, List<int> ids, int enough)
{
    /// <summary>Words with more code points than this are unknown, as in the reference.</summary>
    internal const int LongestWord = 100;

    private readonly char[] _characters = new char[2 * LongestWord];
    private int _length;
    private int _codePoints;
    private int _orderStart;

    /// <summary>Whether as many ids are known as are asked for.</summary>
    internal bool IsFull => ids.Count >= enough;

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

    /// <summary>Ends the word, if there is one, and adds its ids.</summary>
    internal void EndWord()
    {
        if (_codePoints > LongestWord)
        {
            ids.Add(unknownId);
        }
        else if (_codePoints > 0)
        {
            var wordIds = wordPiece.EncodeToIds(_characters.AsSpan(0, _length), considerPreTokenization: false, considerNormalization: false);
            for (var i = 0; i < wordIds.Count; i++)
            {
                ids.Add(wordIds[i]);
            }
        }

        _length = 0;
        _codePoints = 0;
        _orderStart = 0;
    }

    private void Insert(int position, int codePoint)
    {
        _codePoints++;
        if (_codePoints > LongestWord)
        {
            return;
        }

        var width = codePoint > char.MaxValue ? 2 : 1;
        Array.Copy(_characters, position, _characters, position + width, _length - position);
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
