namespace FineTune.Runtime.Tokenization;

/// <summary>How BERT's basic tokenization treats a code point.</summary>
[Flags]
internal enum BertCharacter : short
{
    /// <summary>Part of a word, kept as it is.</summary>
    Ordinary = 0,

    /// <summary>Control, format and private-use characters: dropped.</summary>
    Removed = 1,

    /// <summary>Ends a word.</summary>
    Whitespace = 2,

    /// <summary>A CJK ideograph: a word of its own, where the settings say so.</summary>
    Ideograph = 4,

    /// <summary>A nonspacing mark: dropped where accents are stripped.</summary>
    NonspacingMark = 8,

    /// <summary>A word of its own.</summary>
    Punctuation = 16,

    /// <summary>Has a lowercase form.</summary>
    HasLowercase = 32,

    /// <summary>Changes where accents are stripped.</summary>
    HasStripped = 64,

    /// <summary>A combining character that is kept and has to be put into canonical order.</summary>
    HasOrder = 128,

    /// <summary>A nonspacing mark that nothing is moved across by canonical order, although it is dropped itself.</summary>
    OrderBarrier = 256,
}
