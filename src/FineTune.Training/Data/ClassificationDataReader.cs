using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Data;

/// <summary>Reads and checks all data of a classification plan.</summary>
internal static class ClassificationDataReader
{
    /// <summary>Reads all files, gives labels their indices, and splits validation rows off where the plan has no file for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="report">Takes the warnings.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static ClassificationData Read(TrainingPlan plan, Action<Diagnostic> report)
    {
        var errors = new DataErrors();
        var files = new ClassificationFiles(plan, errors);
        var train = files.Read(plan.TrainData);
        var validation = files.Read(plan.ValidationData);
        var test = files.Read(plan.TestData);
        var synonyms = new SynonymFiles(errors).Read(plan.Synonyms);
        errors.ThrowIfAny();

        var labels = plan.Labels.Count > 0 ? plan.Labels : Sorted(train.Select(row => row.Label).Distinct(StringComparer.Ordinal));
        CheckLabels(plan, labels, train, [.. validation, .. test], errors);
        errors.ThrowIfAny();

        var warnings = new ClassificationWarnings(report);
        warnings.CheckHeaders(labels, files.UnrecognizedHeaders);
        warnings.CheckSpelling(labels, [.. train, .. validation, .. test]);
        warnings.CheckUnused(labels, train, plan.Origin);
        warnings.CheckContradictions(train);
        warnings.CheckLeak("validation", "training", train, validation);
        warnings.CheckLeak("test", "training or validation", [.. train, .. validation], test);

        var (trainRows, validationRows) = (Indexed(train, labels), Indexed(validation, labels));
        if (plan.ValidationData.Count == 0)
        {
            (trainRows, validationRows) = StratifiedSplit.Split(trainRows, plan.ValidationSplit, plan.Seed);
            if (validationRows.Count == 0)
            {
                throw new FineTuneException("FT1026", "No label has two different texts, so no row can be split off for validation. Add rows, or give ValidationData.", trainRows[0].Origin);
            }

            warnings.CheckSplit(labels, trainRows, validationRows);
        }

        return new ClassificationData { Labels = labels, Train = trainRows, TrainCopies = Augmenter.Of(plan, synonyms).CopiesOf(trainRows), Validation = validationRows, Test = Indexed(test, labels) };
    }

    /// <summary>The labels alone, as <see cref="Read"/> would give them; reads no file when the plan names them.</summary>
    /// <exception cref="FineTuneException">A training file cannot be read, or has no labels.</exception>
    public static IReadOnlyList<string> ReadLabels(TrainingPlan plan)
    {
        if (plan.Labels.Count > 0)
        {
            return plan.Labels;
        }

        var errors = new DataErrors();
        var labels = Sorted(new ClassificationFiles(plan, errors).ReadLabels(plan.TrainData));
        errors.ThrowIfAny();
        return labels.Length > 0 ? labels : throw new FineTuneException("FT1012", "The training data has no rows, so there are no labels.", plan.Origin);
    }

    private static string[] Sorted(IEnumerable<string> labels) => [.. labels.Order(StringComparer.Ordinal)];

    private static void CheckLabels(TrainingPlan plan, IReadOnlyList<string> labels, List<ClassificationRow> train, IEnumerable<ClassificationRow> judging, DataErrors errors)
    {
        foreach (var unknown in Unknown(train, labels))
        {
            errors.Add("FT1019", $"The label '{unknown.Key}' ({unknown.Count()} training rows) is not among the plan's Labels {NearestName.List(labels.ToArray())}.{NearestName.Hint(unknown.Key, labels)} Correct the rows, or add it to Labels.", unknown.First().Origin);
        }

        foreach (var unknown in Unknown(judging, labels))
        {
            errors.Add("FT1018", $"The label '{unknown.Key}' ({unknown.Count()} rows of validation or test data) is unknown; training has {NearestName.List(labels.ToArray())}.{NearestName.Hint(unknown.Key, labels)} Correct the rows, or add training rows with this label.", unknown.First().Origin);
        }

        string[] trained = [.. train.Select(row => row.Label).Distinct(StringComparer.Ordinal).Take(2)];
        if (trained.Length < 2)
        {
            var (message, location) = train.Count == 0
                ? ("The plan has no training data. Set TrainData.", plan.Origin)
                : ($"All training rows have the label '{trained[0]}', so there is nothing to tell apart. Add rows with another label, or check LabelColumn.", train[0].Origin);
            errors.Add("FT1017", message, location);
        }
    }

    private static IEnumerable<IGrouping<string, ClassificationRow>> Unknown(IEnumerable<ClassificationRow> rows, IReadOnlyList<string> labels)
    {
        var known = labels.ToHashSet(StringComparer.Ordinal);
        return rows.Where(row => !known.Contains(row.Label)).GroupBy(row => row.Label, StringComparer.Ordinal);
    }

    private static IReadOnlyList<LabelledText> Indexed(List<ClassificationRow> rows, IReadOnlyList<string> labels)
    {
        var indices = labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        return [.. rows.Select(row => new LabelledText(row.Text, indices[row.Label], row.Origin))];
    }
}
