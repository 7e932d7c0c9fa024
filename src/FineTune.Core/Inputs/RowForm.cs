namespace FineTune.Core.Inputs;

/// <summary>How a data file is divided into rows.</summary>
internal enum RowForm
{
    /// <summary>It is not: only the file as a whole can be compared.</summary>
    None,

    /// <summary>A row to each line.</summary>
    Lines,

    /// <summary>A row to each line, but for line breaks within double quotes.</summary>
    QuotedLines,

    /// <summary>Lines up to an empty one are a row.</summary>
    Blocks,

    /// <summary>The elements of an array, which is the document or a property of it.</summary>
    JsonElements,
}
