namespace FineTune.Training.Data.Augmentation;

/// <summary>A word of a <see cref="WordSequence"/>.</summary>
/// <param name="Space">The white space before it; empty at the beginning of the text, and where a span begins or ends within what is written together.</param>
/// <param name="Text">The word with its punctuation; never empty.</param>
/// <param name="Region">The part of the text between two borders of spans, counted from 0. Words of one region are in the same spans.</param>
internal sealed record Word(string Space, string Text, int Region);
