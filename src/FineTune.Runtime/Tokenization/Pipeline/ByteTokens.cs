using System.Globalization;
using System.Text;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>The tokens that stand for single bytes in vocabularies in SentencePiece's style.</summary>
internal static class ByteTokens
{
    /// <summary>The id of each byte's token; -1 where the vocabulary lacks it.</summary>
    internal static int[] IdsIn(IReadOnlyDictionary<string, int> ids)
        => [.. Enumerable.Range(0, 256).Select(value => ids.TryGetValue($"<0x{value.ToString("X2", CultureInfo.InvariantCulture)}>", out var id) ? id : -1)];

    /// <summary>The ids of the UTF-8 of a text; false where the vocabulary lacks one of them.</summary>
    internal static bool TryEncode(string text, int[] byteIds, out int[] ids)
    {
        ids = Array.ConvertAll(Encoding.UTF8.GetBytes(text), value => byteIds[value]);
        return Array.IndexOf(ids, -1) < 0;
    }
}
