using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads and checks all data of a masked language modeling plan.</summary>
internal static class PlainTextDataReader
{
    /// <summary>Reads all files, and splits validation rows off where the plan has no file for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="report">Takes the warnings.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static TaskData<PlainText> Read(TrainingPlan plan, Action<Diagnostic> report)
    {
        var errors = new DataErrors();
        var files = new PlainTextFiles(plan, errors);
        IReadOnlyList<PlainText> train = files.Read(plan.TrainData);
        IReadOnlyList<PlainText> validation = files.Read(plan.ValidationData);
        var test = files.Read(plan.TestData);
        errors.ThrowIfAny();
        if (train.Count == 0)
        {
            throw new FineTuneException("FT1012", "The plan has no training data. Set TrainData.", plan.Origin);
        }

        new DataWarnings(report).CheckLeaks(train, validation, test);
        if (plan.ValidationData.Count == 0)
        {
            (train, validation) = StratifiedSplit.Split(train, plan.ValidationSplit, plan.Seed);
            if (validation.Count == 0)
            {
                throw StratifiedSplit.NothingToValidate("There are no two different texts", train[0].Origin);
            }
        }

        return new TaskData<PlainText> { Train = train, Validation = validation, Test = test };
    }

    /// <summary>Reads the test rows alone.</summary>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static IReadOnlyList<PlainText> ReadTest(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var rows = new PlainTextFiles(plan, errors).Read(plan.TestData);
        errors.ThrowIfAny();
        return rows;
    }
}
