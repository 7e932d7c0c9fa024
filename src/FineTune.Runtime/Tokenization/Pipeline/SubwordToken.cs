namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>A token, and the range of characters of its piece.</summary>
internal readonly record struct SubwordToken(int Id, int Start, int End);
