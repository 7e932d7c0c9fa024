namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>A piece of a SentencePiece model.</summary>
/// <param name="Text">The piece, with <c>▁</c> in place of blanks.</param>
/// <param name="Score">Its log probability, or for byte pairs the negative place in the order of learning.</param>
/// <param name="Kind">What it is for.</param>
internal sealed record Piece(string Text, float Score, PieceKind Kind);
