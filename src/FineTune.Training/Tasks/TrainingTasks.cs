using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Entities;
using FineTune.Training.Data;
using FineTune.Training.Tasks.MaskedLanguageModeling;
using FineTune.Training.Tasks.MultiLabelClassification;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tasks.TextRegression;
using FineTune.Training.Tasks.TokenClassification;

namespace FineTune.Training.Tasks;

/// <summary>The tasks that models can be trained for.</summary>
internal static class TrainingTasks
{
    // One line for each.
    private static readonly Dictionary<FineTuneTask, ITaskDefinition> Definitions = new()
    {
        [FineTuneTask.TextClassification] = TextClassificationTask.Definition,
        [FineTuneTask.MultiLabelClassification] = MultiLabelClassificationTask.Definition,
        [FineTuneTask.TextRegression] = TextRegressionTask.Definition,
        [FineTuneTask.TokenClassification] = TokenClassificationTask.Definition,
        [FineTuneTask.MaskedLanguageModeling] = MaskedLanguageModelingTask.Definition,
    };

    /// <summary>Reads the rows of a plan for its task.</summary>
    /// <exception cref="FineTuneException">FT1xxx: the data cannot be used.</exception>
    public static ITrainingTask Read(TrainingPlan plan, Action<Diagnostic> report) => Definitions[plan.Task].Read(plan, report);

    /// <inheritdoc cref="ITaskDefinition.Measure"/>
    public static (int Rows, TaskResult Result) Measure(string model, TrainingPlan plan, CancellationToken cancellation) => Definitions[plan.Task].Measure(model, plan, cancellation);

    /// <summary>The names that the generated code of a plan has for what the model answers.</summary>
    /// <exception cref="FineTuneException">FT1xxx: a training file cannot be read, or has no labels.</exception>
    public static IReadOnlyList<string> ReadLabels(TrainingPlan plan) => TaskLabels.Read(plan);

    /// <summary>The labels, or types of entities, of a finished model, as a plan has them.</summary>
    public static IReadOnlyList<string> NamesOf(ModelManifest manifest) => manifest.Task == FineTuneTask.TokenClassification ? new EntityTags(manifest.Labels).Types : manifest.Labels;
}
