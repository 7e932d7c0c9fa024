using FineTune.Core.Diagnostics;

namespace FineTune.Training.Data;

/// <summary>Holds the labels of rows against those that there are.</summary>
internal static class LabelChecks
{
    /// <summary>The labels sorted by their characters (ordinally), so that their order depends on nothing else.</summary>
    public static string[] Sorted(IEnumerable<string> labels) => [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The index of each label.</summary>
    public static Dictionary<string, int> Indices(IReadOnlyList<string> labels) => labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);

    /// <summary>Reports each unknown label once: FT1019 for training data, FT1018 for the others.</summary>
    /// <param name="labels">The known labels.</param>
    /// <param name="train">The labels of the training rows, with their places.</param>
    /// <param name="judging">The labels of the validation and test rows, with their places.</param>
    /// <param name="errors">Takes the errors.</param>
    public static void CheckUnknown(IReadOnlyList<string> labels, IEnumerable<(string Label, SourceLocation Origin)> train, IEnumerable<(string Label, SourceLocation Origin)> judging, DataErrors errors)
    {
        foreach (var unknown in Unknown(train))
        {
            errors.Add("FT1019", $"The label '{unknown.Key}' ({unknown.Count()} training rows) is not among the plan's Labels {NearestName.List([.. labels])}.{NearestName.Hint(unknown.Key, labels)} Correct the rows, or add it to Labels.", unknown.First().Origin);
        }

        foreach (var unknown in Unknown(judging))
        {
            errors.Add("FT1018", $"The label '{unknown.Key}' ({unknown.Count()} rows of validation or test data) is unknown; training has {NearestName.List([.. labels])}.{NearestName.Hint(unknown.Key, labels)} Correct the rows, or add training rows with this label.", unknown.First().Origin);
        }

        IEnumerable<IGrouping<string, (string Label, SourceLocation Origin)>> Unknown(IEnumerable<(string Label, SourceLocation Origin)> labelled)
        {
            var known = labels.ToHashSet(StringComparer.Ordinal);
            return labelled.Where(row => !known.Contains(row.Label)).GroupBy(row => row.Label, StringComparer.Ordinal);
        }
    }
}
