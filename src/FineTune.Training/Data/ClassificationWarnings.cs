using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>What is allowed and probably not meant: each kind is one warning with a count and the first places.</summary>
/// <param name="report">Takes the warnings.</param>
internal sealed class ClassificationWarnings(Action<Diagnostic> report)
{
    private const int PlacesShown = 3;

    /// <summary>FT1020: labels with surrounding white space, and labels that differ only by case.</summary>
    public void CheckSpelling(IReadOnlyList<string> labels, IReadOnlyList<ClassificationRow> rows)
    {
        ClassificationRow[] trimmed = [.. rows.Where(row => row.LabelWasTrimmed)];
        if (trimmed.Length > 0)
        {
            Warn("FT1020", $"{Rows(trimmed.Length)} labels with surrounding white space, which was removed: {Places(trimmed.Select(row => row.Origin))}.", trimmed[0].Origin);
        }

        foreach (var alike in labels.GroupBy(label => label, StringComparer.OrdinalIgnoreCase).Where(alike => alike.Count() > 1))
        {
            var origin = rows.DistinctBy(row => row.Label).LastOrDefault(row => alike.Contains(row.Label))?.Origin;
            Warn("FT1020", $"The labels {NearestName.List([.. alike])} differ only by case and are learned as different ones. Write them alike if they mean the same.", origin);
        }
    }

    /// <summary>FT1021: the same text with different labels.</summary>
    public void CheckContradictions(IReadOnlyList<ClassificationRow> rows)
    {
        IGrouping<string, ClassificationRow>[] contradictory =
            [.. rows.GroupBy(row => row.Text, StringComparer.Ordinal).Where(same => same.Any(row => row.Label != same.First().Label))];
        if (contradictory.Length > 0)
        {
            var first = contradictory[0];
            var other = first.First(row => row.Label != first.First().Label);
            Warn(
                "FT1021",
                $"{contradictory.Length} {(contradictory.Length == 1 ? "text occurs" : "texts occur")} with different labels, such as '{first.First().Label}' here and '{other.Label}' at {other.Origin}.{Others(contradictory)} No model can learn both; decide for one.",
                first.First().Origin);
        }
    }

    /// <summary>FT1022: rows that judge, of which the model or the choice of its best epoch has seen the text.</summary>
    public void CheckLeak(string judgingRows, string knownRows, IReadOnlyList<ClassificationRow> seen, IReadOnlyList<ClassificationRow> judging)
    {
        var known = seen.Select(row => row.Text).ToHashSet(StringComparer.Ordinal);
        ClassificationRow[] leaked = [.. judging.Where(row => known.Contains(row.Text))];
        if (leaked.Length > 0)
        {
            Warn("FT1022", $"{leaked.Length} of {judging.Count} rows of the {judgingRows} data have a text that is in the {knownRows} data too, so its metrics are too good: {Places(leaked.Select(row => row.Origin))}. Remove them from one side.", leaked[0].Origin);
        }
    }

    /// <summary>FT1024: labels of the plan without a training row.</summary>
    public void CheckUnused(IReadOnlyList<string> labels, IReadOnlyList<ClassificationRow> rows, SourceLocation? location)
    {
        string[] unused = [.. labels.Except(rows.Select(row => row.Label), StringComparer.Ordinal)];
        if (unused.Length > 0)
        {
            Warn("FT1024", $"Labels names {NearestName.List(unused)}, of which the training data has no row: the model will never learn to answer them.", location);
        }
    }

    /// <summary>FT1023: labels that the split left without validation rows.</summary>
    public void CheckSplit(IReadOnlyList<string> labels, IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> validation)
    {
        var validated = validation.Select(row => row.Label).ToHashSet();
        foreach (var label in train.GroupBy(row => row.Label).Where(label => !validated.Contains(label.Key)).OrderBy(label => label.Key))
        {
            Warn("FT1023", $"The label '{labels[label.Key]}' has fewer than two different texts, so none of its rows validates and its F1 counts as 0. Add rows, or give ValidationData.", label.First().Origin);
        }
    }

    /// <summary>FT1025: a header that looks like a row of data.</summary>
    public void CheckHeaders(IReadOnlyList<string> labels, IEnumerable<(string LabelName, SourceLocation Location)> headers)
    {
        foreach (var (labelName, location) in headers.Where(header => labels.Contains(header.LabelName, StringComparer.Ordinal)))
        {
            Warn("FT1025", $"The first row is taken as the header, but '{labelName}' in it is also a label: the file probably has no header and this row is lost. Add the header 'text' and 'label'.", location);
        }
    }

    private static string Rows(int count) => count == 1 ? "One row has" : $"{count} rows have";

    private static string Places(IEnumerable<SourceLocation> places)
    {
        SourceLocation[] first = [.. places.Take(PlacesShown + 1)];
        return string.Join(", ", first.Take(PlacesShown)) + (first.Length > PlacesShown ? ", …" : string.Empty);
    }

    private static string Others(IGrouping<string, ClassificationRow>[] contradictory)
        => contradictory.Length == 1 ? string.Empty : $" The others: {Places(contradictory.Skip(1).Select(same => same.First().Origin))}.";

    private void Warn(string code, string message, SourceLocation? location) => report(new Diagnostic(code, DiagnosticSeverity.Warning, message, location));
}
