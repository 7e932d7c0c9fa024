using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>One row of classification data.</summary>
/// <param name="Text">The text exactly as it stands in the file.</param>
/// <param name="Label">The index of the label in <see cref="TaskData{TRow}.Labels"/>.</param>
/// <param name="Origin">Where the text begins in its file.</param>
internal sealed record LabelledText(string Text, int Label, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair { get; init; }
}
