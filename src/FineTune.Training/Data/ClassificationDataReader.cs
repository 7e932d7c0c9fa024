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

        var labels = plan.Labels.Count > 0 ? plan.Labels : LabelChecks.Sorted(train.Select(row => row.Label));
        LabelChecks.CheckUnknown(labels, Labelled(train), Labelled([.. validation, .. test]), errors);
        CheckTellable(plan, train, errors);
        errors.ThrowIfAny();

        ClassificationRow[] all = [.. train, .. validation, .. test];
        var warnings = new DataWarnings(report);
        warnings.CheckHeaders(files, name => labels.Contains(name, StringComparer.Ordinal));
        warnings.CheckTrimmed([.. all.Where(row => row.LabelWasTrimmed).Select(row => row.Origin)]);
        warnings.CheckSpelling(labels, Labelled(all));
        warnings.CheckUnused(labels, train.Select(row => row.Label), plan.Origin);
        warnings.CheckContradictions(train, row => $"'{row.Label}'");
        warnings.CheckLeaks(train, validation, test);

        var (trainRows, validationRows) = (Indexed(train, labels), Indexed(validation, labels));
        if (plan.ValidationData.Count == 0)
        {
            (trainRows, validationRows) = StratifiedSplit.Split(trainRows, plan.ValidationSplit, plan.Seed);
            if (validationRows.Count == 0)
            {
                throw StratifiedSplit.NothingToValidate("No label has two different texts", trainRows[0].Origin);
            }

            warnings.CheckSplit(labels, trainRows.Select(row => (row.Label, row.Origin)), validationRows.Select(row => row.Label));
        }

        return new ClassificationData { Labels = labels, Train = trainRows, TrainCopies = Augmenter.Of(plan, synonyms).CopiesOf(trainRows), Validation = validationRows, Test = Indexed(test, labels) };
    }

    /// <summary>Reads the test rows alone. Any labelled rows will do, also such of one label only, which could not be trained on.</summary>
    /// <param name="plan">The plan, with the labels.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static IReadOnlyList<LabelledText> ReadTest(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var rows = new ClassificationFiles(plan, errors).Read(plan.TestData);
        LabelChecks.CheckUnknown(plan.Labels, [], Labelled(rows), errors);
        errors.ThrowIfAny();
        return Indexed(rows, plan.Labels);
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
        var labels = LabelChecks.Sorted(new ClassificationFiles(plan, errors).ReadLabels(plan.TrainData));
        errors.ThrowIfAny();
        return labels.Length > 0 ? labels : throw new FineTuneException("FT1012", "The training data has no rows, so there are no labels.", plan.Origin);
    }

    private static IEnumerable<(string Label, SourceLocation Origin)> Labelled(IEnumerable<ClassificationRow> rows) => rows.Select(row => (row.Label, row.Origin));

    private static void CheckTellable(TrainingPlan plan, List<ClassificationRow> train, DataErrors errors)
    {
        string[] trained = [.. train.Select(row => row.Label).Distinct(StringComparer.Ordinal).Take(2)];
        if (trained.Length < 2)
        {
            var (message, location) = train.Count == 0
                ? ("The plan has no training data. Set TrainData.", plan.Origin)
                : ($"All training rows have the label '{trained[0]}', so there is nothing to tell apart. Add rows with another label, or check LabelColumn.", train[0].Origin);
            errors.Add("FT1017", message, location);
        }
    }

    private static IReadOnlyList<LabelledText> Indexed(List<ClassificationRow> rows, IReadOnlyList<string> labels)
    {
        var indices = LabelChecks.Indices(labels);
        return [.. rows.Select(row => new LabelledText(row.Text, indices[row.Label], row.Origin) { Pair = row.Pair })];
    }
}
