using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Data;

/// <summary>Reads and checks all data of a regression plan.</summary>
internal static class RegressionDataReader
{
    /// <summary>Reads all files, and splits validation rows off where the plan has no file for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="report">Takes the warnings.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static TaskData<ScoredText> Read(TrainingPlan plan, Action<Diagnostic> report)
    {
        var errors = new DataErrors();
        var files = new RegressionFiles(plan, errors);
        IReadOnlyList<ScoredText> train = files.Read(plan.TrainData);
        IReadOnlyList<ScoredText> validation = files.Read(plan.ValidationData);
        var test = files.Read(plan.TestData);
        var synonyms = new SynonymFiles(errors).Read(plan.Synonyms);
        errors.ThrowIfAny();
        if (train.Count == 0)
        {
            throw new FineTuneException("FT1017", "The plan has no training data. Set TrainData.", plan.Origin);
        }

        if (train.All(row => row.Score == train[0].Score))
        {
            throw new FineTuneException("FT1017", $"All training rows have the number {train[0].Score.ToString(System.Globalization.CultureInfo.InvariantCulture)}, so there is nothing to learn. Add rows with others, or check LabelColumn.", train[0].Origin);
        }

        var warnings = new DataWarnings(report);
        warnings.CheckHeaders(files, name => RegressionFiles.TryParse(name, out _));
        warnings.CheckLeaks(train, validation, test);
        if (plan.ValidationData.Count == 0)
        {
            (train, validation) = StratifiedSplit.Split(train, plan.ValidationSplit, plan.Seed);
            if (validation.Count == 0)
            {
                throw StratifiedSplit.NothingToValidate("There are no two different texts", train[0].Origin);
            }
        }

        return new TaskData<ScoredText> { Train = train, TrainCopies = Augmenter.Of(plan, synonyms).CopiesOf(train), Validation = validation, Test = test };
    }

    /// <summary>Reads the test rows alone.</summary>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static IReadOnlyList<ScoredText> ReadTest(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var rows = new RegressionFiles(plan, errors).Read(plan.TestData);
        errors.ThrowIfAny();
        return rows;
    }
}
