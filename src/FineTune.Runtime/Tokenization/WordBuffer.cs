using Microsoft.ML.Tokenizers;

namespace FineTune.Runtime.Tokenization;

/// <summary>Collects the characters of one word and turns each finished word into token ids.</summary>
internal sealed class WordBuffer(WordPieceTokenizer wordPiece, int unknownId, List<int> ids, int enough)
{
    /// <summary>Words with more code points than this are unknown, as in the reference.</summary>
    internal const int LongestWord = 100;

    // One more than the longest word, in surrogate pairs, is enough to know that a word is too long.
    private readonly char[] _characters = new char[2 * (LongestWord + 1)];
    private int _length;
    private int _codePoints;
    private int _lastCombiningClass;

    /// <summary>Whether as many ids are known as are asked for.</summary>
    internal bool IsFull => ids.Count >= enough;

    /// <summary>Adds a code point to the word.</summary>
    internal void Append(int codePoint)
    {
        _lastCombiningClass = 0;
        Insert(_length, codePoint);
    }

    /// <summary>Adds a combining code point where canonical order puts it.</summary>
    internal void AppendInOrder(int codePoint, int combiningClass)
    {
        if (combiningClass >= _lastCombiningClass)
        {
            _lastCombiningClass = combiningClass;
            Insert(_length, codePoint);
            return;
        }

        var position = _length;
        while (position > 0)
        {
            var width = position > 1 && char.IsSurrogatePair(_characters[position - 2], _characters[position - 1]) ? 2 : 1;
            var previous = width == 2 ? char.ConvertToUtf32(_characters[position - 2], _characters[position - 1]) : _characters[position - 1];
            if ((BertUnicode.KindOf(previous) & BertCharacter.HasOrder) == 0 || BertUnicode.CombiningClassOf(previous) <= combiningClass)
            {
                break;
            }

            position -= width;
        }

        Insert(position, codePoint);
    }

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
        _lastCombiningClass = 0;
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
