namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>A step that splits normalized text into the pieces that the model tokenizes each on its own; none is empty. A pure function.</summary>
internal delegate IEnumerable<AlignedText> PreTokenizer(AlignedText text);
