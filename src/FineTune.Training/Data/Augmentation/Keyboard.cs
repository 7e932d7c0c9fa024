namespace FineTune.Training.Data.Augmentation;

/// <summary>Which letters are next to each other on a QWERTY keyboard.</summary>
internal static class Keyboard
{
    // From a to z.
    private static readonly string[] NeighboursByLetter =
    [
        "qwsz", "ghvn", "dfxv", "ersfxc", "wrsd", "rtdgcv", "tyfhvb", "yugjbn", "uojk", "uihknm", "iojlm", "opk", "njk",
        "hjbm", "ipkl", "ol", "wa", "etdf", "weadzx", "ryfg", "yihj", "fgcb", "qeas", "sdzc", "tugh", "asx",
    ];

    /// <summary>The neighbours of a letter, in its case; empty for anything that is no letter from a to z.</summary>
    public static string NeighboursOf(string element) => element is not [var letter] || !char.IsAsciiLetter(letter) ? string.Empty
        : char.IsAsciiLetterUpper(letter) ? NeighboursByLetter[letter - 'A'].ToUpperInvariant()
        : NeighboursByLetter[letter - 'a'];
}
