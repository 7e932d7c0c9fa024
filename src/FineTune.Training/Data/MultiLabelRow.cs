using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>A row before its labels have indices.</summary>
/// <param name="Text">The text as it stands in the file.</param>
/// <param name="Labels">Its labels without surrounding white space, each once; there may be none.</param>
/// <param name="Origin">Where the text begins.</param>
internal sealed record MultiLabelRow(string Text, IReadOnlyList<string> Labels, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair { get; init; }
}
