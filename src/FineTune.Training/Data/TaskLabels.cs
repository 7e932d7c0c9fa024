using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data.Tokens;

namespace FineTune.Training.Data;

/// <summary>Reads what the generated code of a plan names: labels or types of entities.</summary>
internal static class TaskLabels
{
    /// <summary>The labels that the task's data have, or that the plan names; none when the task has no labels.</summary>
    /// <exception cref="FineTuneException">A training file cannot be read, or has no labels.</exception>
    public static IReadOnlyList<string> Read(TrainingPlan plan) => plan.Task switch
    {
        FineTuneTask.TextClassification => ClassificationDataReader.ReadLabels(plan),
        FineTuneTask.MultiLabelClassification => MultiLabelDataReader.ReadLabels(plan),
        FineTuneTask.TokenClassification => TokenDataReader.ReadTypes(plan),
        _ => [],
    };
}
