using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>SentencePiece's compiled character map: a double-array trie (Aoe 1989, in the layout of Darts-clone) from UTF-8 to UTF-8.</summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _results;
    private readonly int _resultsStart;

    /// <summary>Reads the map of a model; an empty one changes nothing.</summary>
    /// <exception cref="FormatException">The bytes are no map.</exception>
    internal CharacterMap(byte[] bytes)
    {
        var size = bytes.Length < 4 ? 0 : BitConverter.ToUInt32(bytes, 0);
        if (bytes.Length > 0 && (bytes.Length < 4 || size > bytes.Length - 4 || size % 4 != 0))
        {
            throw new FormatException("the character map is cut short");
        }

        _units = new uint[size / 4];
        Buffer.BlockCopy(bytes, Math.Min(4, bytes.Length), _units, 0, (int)size);
        _results = bytes;
        _resultsStart = 4 + (int)size;
    }

    /// <summary>Finds the longest mapping that begins at a position of UTF-8 text.</summary>
    internal bool TryMap(byte[] text, int start, out int length, out string result)
    {
        var value = -1;
        length = 0;
        foreach (var (found, end) in Matches(text, start))
        {
            (value, length) = (found, end - start);
        }

        result = value < 0 ? "" : ResultAt(value);
        return value >= 0;
    }

    /// <summary>Finds the shortest mapping that UTF-8 text begins with.</summary>
    internal bool TryMapShortest(byte[] text, out string result)
    {
        foreach (var (value, _) in Matches(text, 0))
        {
            result = ResultAt(value);
            return true;
        }

        result = "";
        return false;
    }

    private IEnumerable<(int Value, int End)> Matches(byte[] text, int start)
    {
        if (_units.Length == 0)
        {
            yield break;
        }

        var node = Offset(_units[0]);
        for (var i = start; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != text[i])
            {
                yield break;
            }

            var unit = _units[node];
            node ^= Offset(unit);
            if (((unit >> 8) & 1) == 1 && node < _units.Length && (int)(_units[node] & 0x7FFFFFFF) is var value && value < _results.Length - _resultsStart)
            {
                yield return (value, i + 1);
            }
        }
    }

    private string ResultAt(int value)
    {
        var start = _resultsStart + value;
        var end = Array.IndexOf(_results, (byte)0, start);
        return Encoding.UTF8.GetString(_results, start, (end < 0 ? _results.Length : end) - start);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
