using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>One row of regression data.</summary>
/// <param name="Text">The text exactly as it stands in the file.</param>
/// <param name="Score">The number that the model must answer; finite.</param>
/// <param name="Origin">Where the text begins in its file.</param>
internal sealed record ScoredText(string Text, double Score, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair { get; init; }
}
