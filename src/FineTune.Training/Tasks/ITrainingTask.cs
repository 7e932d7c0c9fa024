using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Training.Models;
using FineTune.Training.Pipeline;
using FineTune.Training.Training;

namespace FineTune.Training.Tasks;

/// <summary>
/// A task with the rows of one plan: what the pipeline needs to know of it. The task owns its data form, head, loss, metrics and what an app can ask; the trainer, the
/// strategies and the export know none of them.
/// </summary>
internal interface ITrainingTask
{
    /// <summary>The head that answers.</summary>
    HeadKind Head { get; }

    /// <summary>The names of the head's outputs, in their order; empty where they have none.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>What metrics and generated code name: labels, or types of entities; empty where there are none.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What Hugging Face's <c>config.json</c> calls the problem; <see langword="null"/> where it has no name for it.</summary>
    string? ProblemType { get; }

    /// <summary>Whether rows are pairs of texts.</summary>
    bool HasPairs { get; }

    /// <summary>The number of the head's outputs.</summary>
    int OutputCount(EncoderConfig config);

    /// <summary>Trains, evaluates now and then, and returns the weights of the best evaluation. A training that was interrupted goes on where its last checkpoint was.</summary>
    /// <exception cref="FineTuneException">The base model does not fit (FT20xx), libtorch is missing (FT30xx), or training failed (FT40xx).</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    TrainedModel Train(TrainingContext context);

    /// <summary>What the app must know beside the labels, taken from the outputs for the validation rows.</summary>
    /// <param name="manifest">The manifest so far.</param>
    /// <param name="validationOutputs">The outputs of the kept weights for each validation row.</param>
    ModelManifest Describe(ModelManifest manifest, IReadOnlyList<IReadOnlyList<float>> validationOutputs);

    /// <summary>Runs the exported model on the rows that judge it, by the code that apps run.</summary>
    /// <param name="packageFile">The model's package.</param>
    /// <param name="float32PackageFile">Of a quantized model, the package of the same model with 32-bit floats, beside which it is measured; <see langword="null"/> when it is not at hand.</param>
    /// <param name="validationOutputs">What training computed for the validation rows, which the export with 32-bit floats must compute too; empty when it is not at hand.</param>
    /// <param name="progress">Begins phases, and is told the share of the rows that is done.</param>
    /// <param name="cancellation">Cancels between batches and baselines.</param>
    TaskEvaluation Evaluate(string packageFile, string? float32PackageFile, IReadOnlyList<IReadOnlyList<float>> validationOutputs, PhaseProgress progress, CancellationToken cancellation);
}
