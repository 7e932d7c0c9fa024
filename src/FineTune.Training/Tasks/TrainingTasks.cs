using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Tasks.TextClassification;

namespace FineTune.Training.Tasks;

/// <summary>The tasks that models can be trained for.</summary>
internal static class TrainingTasks
{
    // One line for each.
    private static readonly Dictionary<FineTuneTask, Func<TrainingPlan, Action<Diagnostic>, ITrainingTask>> Readers = new()
    {
        [FineTuneTask.TextClassification] = (plan, report) => new TextClassificationTask(plan, ClassificationDataReader.Read(plan, report)),
    };

    /// <summary>Reads the rows of a plan for its task.</summary>
    /// <exception cref="FineTuneException">FT1xxx: the data cannot be used.</exception>
    public static ITrainingTask Read(TrainingPlan plan, Action<Diagnostic> report) => Readers[plan.Task](plan, report);
}
