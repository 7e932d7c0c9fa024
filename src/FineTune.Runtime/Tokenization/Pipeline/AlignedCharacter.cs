namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>A code point of a normalized text, and the UTF-16 range of the original text that it stands for.</summary>
internal readonly record struct AlignedCharacter(int CodePoint, int Start, int End);
