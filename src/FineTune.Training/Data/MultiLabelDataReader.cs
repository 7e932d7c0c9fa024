using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Data;

/// <summary>Reads and checks all data of a multi-label plan.</summary>
internal static class MultiLabelDataReader
{
    /// <summary>Reads all files, gives labels their indices, and splits validation rows off where the plan has no file for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="report">Takes the warnings.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static TaskData<MultiLabelText> Read(TrainingPlan plan, Action<Diagnostic> report)
    {
        var errors = new DataErrors();
        var files = new MultiLabelFiles(plan, errors);
        var train = files.Read(plan.TrainData);
        var validation = files.Read(plan.ValidationData);
        var test = files.Read(plan.TestData);
        var synonyms = new SynonymFiles(errors).Read(plan.Synonyms);
        errors.ThrowIfAny();

        var labels = LabelsOf(plan, train);
        LabelChecks.CheckUnknown(labels, Labelled(train), Labelled([.. validation, .. test]), errors);
        CheckTellable(plan, train, errors);
        errors.ThrowIfAny();

        var warnings = new DataWarnings(report);
        warnings.CheckHeaders(files, name => labels.Contains(name, StringComparer.Ordinal));
        warnings.CheckSpelling(labels, Labelled([.. train, .. validation, .. test]));
        warnings.CheckUnused(labels, train.SelectMany(row => row.Labels), plan.Origin);
        warnings.CheckContradictions(train, Describe);
        warnings.CheckLeaks(train, validation, test);

        var (trainRows, validationRows) = (Indexed(train, labels), Indexed(validation, labels));
        if (plan.ValidationData.Count == 0)
        {
            (trainRows, validationRows) = IterativeSplit.Split(trainRows, row => row.Labels, labels.Count, plan.ValidationSplit, plan.Seed);
            if (validationRows.Count == 0)
            {
                throw StratifiedSplit.NothingToValidate("There are no two different texts", trainRows[0].Origin);
            }

            warnings.CheckSplit(labels, trainRows.SelectMany(row => row.Labels.Select(label => (label, row.Origin))), validationRows.SelectMany(row => row.Labels));
        }

        return new TaskData<MultiLabelText> { Labels = labels, Train = trainRows, TrainCopies = Augmenter.Of(plan, synonyms).CopiesOf(trainRows), Validation = validationRows, Test = Indexed(test, labels) };
    }

    /// <summary>Reads the test rows alone.</summary>
    /// <param name="plan">The plan, with the labels.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static IReadOnlyList<MultiLabelText> ReadTest(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var rows = new MultiLabelFiles(plan, errors).Read(plan.TestData);
        LabelChecks.CheckUnknown(plan.Labels, [], Labelled(rows), errors);
        errors.ThrowIfAny();
        return Indexed(rows, plan.Labels);
    }

    /// <summary>The labels alone, as <see cref="Read"/> would give them; reads no file when the plan names them.</summary>
    /// <exception cref="FineTuneException">A training file cannot be read, or has no labels.</exception>
    public static IReadOnlyList<string> ReadLabels(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var labels = plan.Labels.Count + plan.LabelColumns.Count > 0 ? LabelsOf(plan, []) : LabelsOf(plan, new MultiLabelFiles(plan, errors).Read(plan.TrainData));
        errors.ThrowIfAny();
        return labels.Count > 0 ? labels : throw new FineTuneException("FT1012", "The training data has no labels.", plan.Origin);
    }

    private static IReadOnlyList<string> LabelsOf(TrainingPlan plan, List<MultiLabelRow> train) => plan.LabelColumns.Count > 0 ? plan.LabelColumns
        : plan.Labels.Count > 0 ? plan.Labels
        : LabelChecks.Sorted(train.SelectMany(row => row.Labels));

    private static IEnumerable<(string Label, SourceLocation Origin)> Labelled(IEnumerable<MultiLabelRow> rows) => rows.SelectMany(row => row.Labels.Select(label => (label, row.Origin)));

    private static string Describe(MultiLabelRow row) => row.Labels.Count == 0 ? "none" : string.Join(" and ", row.Labels.Order(StringComparer.Ordinal).Select(label => $"'{label}'"));

    private static void CheckTellable(TrainingPlan plan, List<MultiLabelRow> train, DataErrors errors)
    {
        if (train.Count == 0)
        {
            errors.Add("FT1017", "The plan has no training data. Set TrainData.", plan.Origin);
        }
        else if (train.TrueForAll(row => row.Labels.Count == train[0].Labels.Count && row.Labels.All(train[0].Labels.Contains)))
        {
            errors.Add("FT1017", $"All training rows have the same labels ({Describe(train[0])}), so there is nothing to tell apart. Add rows with others, or check LabelColumn and LabelSeparator.", train[0].Origin);
        }
    }

    private static IReadOnlyList<MultiLabelText> Indexed(List<MultiLabelRow> rows, IReadOnlyList<string> labels)
    {
        var indices = LabelChecks.Indices(labels);
        return [.. rows.Select(row => new MultiLabelText(row.Text, [.. row.Labels.Select(label => indices[label]).Order()], row.Origin) { Pair = row.Pair })];
    }
}
