namespace FineTune.Training.Data.Augmentation;

/// <summary>A text and its labelled spans, before or after words were altered.</summary>
/// <param name="Text">The text.</param>
/// <param name="Spans">Parts of the text, in any order; they may touch and contain one another. Each begins and ends between characters as readers see them, and has a word.</param>
internal sealed record AugmentedText(string Text, IReadOnlyList<TextSpan> Spans);
