namespace FineTune.Training.Data;

/// <summary>One value of a row and where it begins in its file; line and column count from 1.</summary>
/// <param name="Value">The text; of an array or object its JSON.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column in UTF-16 code units.</param>
/// <param name="IsJson">Whether the value is an array or an object.</param>
internal readonly record struct DataField(string Value, int Line, int Column, bool IsJson = false);
