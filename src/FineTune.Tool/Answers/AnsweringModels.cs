using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Tool.Answers;

/// <summary>Opens models of all tasks.</summary>
internal static class AnsweringModels
{
    // One line for each task.
    private static readonly Dictionary<FineTuneTask, Func<string, IAnsweringModel>> Openers = new()
    {
        [FineTuneTask.TextClassification] = path => new ClassifierAnswers(path),
        [FineTuneTask.MultiLabelClassification] = path => new MultiLabelAnswers(path),
        [FineTuneTask.TextRegression] = path => new RegressorAnswers(path),
    };

    /// <summary>Opens a model for its task.</summary>
    /// <exception cref="FineTuneException">The model cannot be loaded.</exception>
    public static IAnsweringModel Open(string path, FineTuneTask task) => Openers[task](path);
}
