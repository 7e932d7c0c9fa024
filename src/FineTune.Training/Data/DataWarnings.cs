using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>What is allowed and probably not meant: each kind is one warning with a count and the first places.</summary>
/// <param name="report">Takes the warnings.</param>
internal sealed class DataWarnings(Action<Diagnostic> report)
{
    private const int PlacesShown = 3;

    /// <summary>The first places, in words.</summary>
    public static string Places(IEnumerable<SourceLocation> places)
    {
        SourceLocation[] first = [.. places.Take(PlacesShown + 1)];
        return string.Join(", ", first.Take(PlacesShown)) + (first.Length > PlacesShown ? ", …" : string.Empty);
    }

    /// <summary>FT1020: labels with surrounding white space.</summary>
    public void CheckTrimmed(IReadOnlyList<SourceLocation> trimmed)
    {
        if (trimmed.Count > 0)
        {
            Warn("FT1020", $"{(trimmed.Count == 1 ? "One row has" : $"{trimmed.Count} rows have")} labels with surrounding white space, which was removed: {Places(trimmed)}.", trimmed[0]);
        }
    }

    /// <summary>FT1020: labels that differ only by case.</summary>
    /// <param name="labels">All labels.</param>
    /// <param name="labelled">Labels with the rows that have them, in the order of the files.</param>
    public void CheckSpelling(IReadOnlyList<string> labels, IEnumerable<(string Label, SourceLocation Origin)> labelled)
    {
        var firsts = labelled.DistinctBy(row => row.Label).ToArray();
        foreach (var alike in labels.GroupBy(label => label, StringComparer.OrdinalIgnoreCase).Where(alike => alike.Count() > 1))
        {
            var origin = Array.FindLast(firsts, row => alike.Contains(row.Label)).Origin;
            Warn("FT1020", $"The labels {NearestName.List([.. alike])} differ only by case and are learned as different ones. Write them alike if they mean the same.", origin);
        }
    }

    /// <summary>FT1021: the same text with different answers.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="answerOf">A row's answer in words; rows with the same answer have the same words.</param>
    public void CheckContradictions<TRow>(IReadOnlyList<TRow> rows, Func<TRow, string> answerOf)
        where TRow : ITextRow
    {
        IGrouping<string, TRow>[] contradictory =
            [.. rows.GroupBy(row => row.Input(), StringComparer.Ordinal).Where(same => same.Any(row => answerOf(row) != answerOf(same.First())))];
        if (contradictory.Length == 0)
        {
            return;
        }

        var first = contradictory[0];
        var other = first.First(row => answerOf(row) != answerOf(first.First()));
        var others = contradictory.Length == 1 ? string.Empty : $" The others: {Places(contradictory.Skip(1).Select(same => same.First().Origin))}.";
        Warn(
            "FT1021",
            $"{contradictory.Length} {(contradictory.Length == 1 ? "text occurs" : "texts occur")} with different labels, such as {answerOf(first.First())} here and {answerOf(other)} at {other.Origin}.{others} No model can learn both; decide for one.",
            first.First().Origin);
    }

    /// <summary>FT1022: rows that judge, of which the model or the choice of its best evaluation has seen the text.</summary>
    public void CheckLeaks<TRow>(IReadOnlyList<TRow> train, IReadOnlyList<TRow> validation, IReadOnlyList<TRow> test)
        where TRow : ITextRow
    {
        CheckLeak("validation", "training", train, validation);
        CheckLeak("test", "training or validation", [.. train, .. validation], test);
    }

    /// <summary>FT1023: labels that the split left without validation rows.</summary>
    /// <param name="labels">All labels.</param>
    /// <param name="train">The labels of training rows, with their rows.</param>
    /// <param name="validated">The labels of validation rows.</param>
    public void CheckSplit(IReadOnlyList<string> labels, IEnumerable<(int Label, SourceLocation Origin)> train, IEnumerable<int> validated)
    {
        var known = validated.ToHashSet();
        foreach (var (label, origin) in train.Where(row => !known.Contains(row.Label)).DistinctBy(row => row.Label).OrderBy(row => row.Label))
        {
            Warn("FT1023", $"The label '{labels[label]}' has too few different texts, so none of its rows validates and its F1 counts as 0. Add rows, or give ValidationData.", origin);
        }
    }

    /// <summary>FT1024: labels of the plan without a training row.</summary>
    public void CheckUnused(IReadOnlyList<string> labels, IEnumerable<string> trained, SourceLocation? location)
    {
        string[] unused = [.. labels.Except(trained, StringComparer.Ordinal)];
        if (unused.Length > 0)
        {
            Warn("FT1024", $"Labels names {NearestName.List(unused)}, of which the training data has no row: the model will never learn to answer them.", location);
        }
    }

    /// <summary>FT1025: a header that looks like a row of data. FT1052: a second text that is not used.</summary>
    /// <param name="files">What was read.</param>
    /// <param name="isLabel">Whether a text could be a label.</param>
    public void CheckHeaders<TRow>(TaskFiles<TRow> files, Func<string, bool> isLabel)
        where TRow : class
    {
        foreach (var (labelName, location) in files.UnrecognizedHeaders.Where(header => isLabel(header.LabelName)))
        {
            Warn("FT1025", $"The first row is taken as the header, but '{labelName}' in it is also a label: the file probably has no header and this row is lost. Add the header 'text' and 'label'.", location);
        }

        if (files.UnusedPair is { } place)
        {
            Warn("FT1052", "The file has a column 'sentence2' beside 'sentence1', which is not used. Set TextPairColumn to 'sentence2', so that the model reads both as a pair, or TextColumn to 'sentence1', if one text is meant.", place);
        }
    }

    /// <summary>Reports a warning.</summary>
    public void Warn(string code, string message, SourceLocation? location) => report(new Diagnostic(code, DiagnosticSeverity.Warning, message, location));

    private void CheckLeak<TRow>(string judgingRows, string knownRows, IReadOnlyList<TRow> seen, IReadOnlyList<TRow> judging)
        where TRow : ITextRow
    {
        var known = seen.Select(row => row.Input()).ToHashSet(StringComparer.Ordinal);
        TRow[] leaked = [.. judging.Where(row => known.Contains(row.Input()))];
        if (leaked.Length > 0)
        {
            Warn("FT1022", $"{leaked.Length} of {judging.Count} rows of the {judgingRows} data have a text that is in the {knownRows} data too, so its metrics are too good: {Places(leaked.Select(row => row.Origin))}. Remove them from one side.", leaked[0].Origin);
        }
    }
}
