using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>What the rows of all tasks have in common.</summary>
internal interface ITextRow
{
    /// <summary>The text exactly as it stands in the file; words of token data joined by blanks.</summary>
    string Text { get; }

    /// <summary>The second text of a pair; <see langword="null"/> when the row has one text.</summary>
    string? Pair { get; }

    /// <summary>Where the text begins in its file.</summary>
    SourceLocation Origin { get; }
}
