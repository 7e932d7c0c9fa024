using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>One text without a label.</summary>
/// <param name="Text">The text exactly as it stands in the file.</param>
/// <param name="Origin">Where the text begins in its file.</param>
internal sealed record PlainText(string Text, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair => null;
}
