using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>A row before its label has an index.</summary>
/// <param name="Text">The text as it stands in the file.</param>
/// <param name="Label">The label without surrounding white space.</param>
/// <param name="Origin">Where the text begins.</param>
/// <param name="LabelWasTrimmed">Whether the label had surrounding white space.</param>
internal sealed record ClassificationRow(string Text, string Label, SourceLocation Origin, bool LabelWasTrimmed) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair { get; init; }
}
