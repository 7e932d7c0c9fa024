using FineTune.Core.Specification;

namespace FineTune.Build.Generation;

/// <summary>What the generated code of a task uses, and how it speaks of it.</summary>
/// <param name="Model">The class of FineTune.Runtime that loads the model.</param>
/// <param name="Prediction">What it answers.</param>
/// <param name="LabelsAre">What the values of the enum are; <see langword="null"/> for a task without labels.</param>
/// <param name="Predicts">What is predicted.</param>
internal sealed record TaskApi(string Model, string Prediction, string? LabelsAre, string Predicts)
{
    // One line for each task.
    private static readonly Dictionary<FineTuneTask, TaskApi> ByTask = new()
    {
        [FineTuneTask.TextClassification] = new("TextClassifier", "Prediction", "The labels", "the label"),
        [FineTuneTask.MultiLabelClassification] = new("MultiLabelClassifier", "MultiLabelPrediction", "The labels", "the labels"),
        [FineTuneTask.TextRegression] = new("TextRegressor", "RegressionPrediction", null, "the number"),
        [FineTuneTask.TokenClassification] = new("TokenClassifier", "TokenPrediction", "The types of entities", "the entities")
        {
            TextIs = "The text; a long one is read in overlapping windows.",
        },
        [FineTuneTask.MaskedLanguageModeling] = new("MaskedLanguageModel", "MaskPrediction", null, "the hidden tokens")
        {
            TextIs = "The text, with the base model's mask, such as [MASK], for each hidden token.",
        },
    };

    /// <summary>What the parameter of a prediction is.</summary>
    public string TextIs { get; private init; } = "The text; what is longer than the model's maximum is cut.";

    /// <summary>The API of a task.</summary>
    public static TaskApi Of(FineTuneTask task) => ByTask[task];
}
