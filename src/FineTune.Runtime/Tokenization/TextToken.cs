namespace FineTune.Runtime.Tokenization;

/// <summary>A token of a text, and the UTF-16 range of the text that it stands for; the end is exclusive.</summary>
internal readonly record struct TextToken(int Id, int Start, int End);
