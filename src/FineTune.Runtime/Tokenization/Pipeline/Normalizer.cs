namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>A step that changes the characters of a text before it is split. A pure function.</summary>
internal delegate AlignedText Normalizer(AlignedText text);
