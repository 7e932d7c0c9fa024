namespace FineTune.Core.Diagnostics;

/// <summary>A place in a file that the user can open. Line and column count from 1; 0 means unknown.</summary>
/// <param name="File">The path as the user wrote it.</param>
/// <param name="Line">The line in the file (not the record number), from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
public sealed record SourceLocation(string File, int Line = 0, int Column = 0)
{
    /// <summary>The canonical form <c>file(line,column)</c> that MSBuild, IDEs and CI systems recognize.</summary>
    public override string ToString() => Line == 0 ? File : Column == 0 ? $"{File}({Line})" : $"{File}({Line},{Column})";
}
