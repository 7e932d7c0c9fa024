using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Tool.Answers;

/// <summary>Opens models of all tasks.</summary>
internal static class AnsweringModels
{
    // One line for each task.
    private static readonly Dictionary<FineTuneTask, Func<string, bool, IAnsweringModel>> Openers = new()
    {
        [FineTuneTask.TextClassification] = (path, hasPairs) => new ClassifierAnswers(path, hasPairs),
        [FineTuneTask.MultiLabelClassification] = (path, hasPairs) => new MultiLabelAnswers(path, hasPairs),
        [FineTuneTask.TextRegression] = (path, hasPairs) => new RegressorAnswers(path, hasPairs),
        [FineTuneTask.TokenClassification] = (path, _) => new TokenAnswers(path),
        [FineTuneTask.MaskedLanguageModeling] = (path, _) => new MaskAnswers(path),
    };

    /// <summary>Opens a model for its task.</summary>
    /// <exception cref="FineTuneException">The model cannot be loaded.</exception>
    public static IAnsweringModel Open(string path, ModelManifest manifest) => Openers[manifest.Task](path, manifest.HasPairs);
}
