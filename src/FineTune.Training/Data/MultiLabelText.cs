using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>One row of multi-label data.</summary>
/// <param name="Text">The text exactly as it stands in the file.</param>
/// <param name="Labels">The indices of its labels in <see cref="TaskData{TRow}.Labels"/>, ascending; there may be none.</param>
/// <param name="Origin">Where the text begins in its file.</param>
internal sealed record MultiLabelText(string Text, IReadOnlyList<int> Labels, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair { get; init; }
}
