using FineTune.Core.Diagnostics;
using FineTune.Runtime.Words;

namespace FineTune.Training.Data.Tokens;

/// <summary>One row of token data.</summary>
/// <param name="Text">The text; given words are joined by blanks.</param>
/// <param name="Words">Its words, in their order; they may touch.</param>
/// <param name="Tags">The index of each word's tag in <see cref="TaskData{TRow}.Labels"/>: always valid BIO.</param>
/// <param name="Origin">Where the text, or the first word, stands.</param>
internal sealed record TaggedText(string Text, IReadOnlyList<TextWord> Words, IReadOnlyList<int> Tags, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair => null;
}
