namespace FineTune.Training.Data;

/// <summary>One value of a row and where it begins in its file; line and column count from 1.</summary>
internal readonly record struct DataField(string Value, int Line, int Column);
