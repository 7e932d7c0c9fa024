using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>The fields of one row that a task reads.</summary>
/// <param name="File">The file.</param>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text, if the plan names a column for it.</param>
/// <param name="Labels">The label, or the fields of <c>LabelColumns</c>.</param>
internal readonly record struct TableRow(DataFile File, DataField Text, DataField? Pair, IReadOnlyList<DataField> Labels)
{
    /// <summary>Where the text begins.</summary>
    public SourceLocation Origin => Place(Text);

    /// <summary>Where a field begins.</summary>
    public SourceLocation Place(DataField field) => new(File.DisplayPath, field.Line, field.Column);
}
