namespace FineTune.Training.Data.Augmentation;

/// <summary>A labelled part of a text.</summary>
/// <param name="Start">The offset of its first UTF-16 code unit.</param>
/// <param name="End">The offset behind its last one.</param>
/// <param name="Label">What it is.</param>
internal readonly record struct TextSpan(int Start, int End, string Label);
