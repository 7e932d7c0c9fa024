namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>What a piece is for; names and numbers of sentencepiece_model.proto.</summary>
internal enum PieceKind
{
    /// <summary>A part of text.</summary>
    Normal = 1,

    /// <summary>The piece of text that no other covers.</summary>
    Unknown = 2,

    /// <summary>A special token, which text never becomes.</summary>
    Control = 3,

    /// <summary>A text that is always one piece.</summary>
    UserDefined = 4,

    /// <summary>Not used.</summary>
    Unused = 5,

    /// <summary>A byte.</summary>
    Byte = 6,
}
