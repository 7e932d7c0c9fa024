using FineTune.Core.Specification;
using FineTune.Core.Store;

namespace FineTune.Core.Worker;

/// <summary>The file that the build task (or the command line) hands to a worker process.</summary>
public sealed record WorkerRequest
{
    /// <summary>What to do.</summary>
    public required WorkerCommand Command { get; init; }

    /// <summary>The resolved plan.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>Root of the model store.</summary>
    public required string StoreDirectory { get; init; }

    /// <summary>The folder of the base model (for <c>builtin:</c> names too).</summary>
    public required string BaseModelDirectory { get; init; }

    /// <summary>The training fingerprint of the model that this one starts from; <see langword="null"/> when the folder's content says what it is.</summary>
    public string? BaseModelTraining { get; init; }

    /// <summary>Whether the caller also needs the trained weights, which a store may have lost while it kept the model.</summary>
    public bool WeightsToo { get; init; }

    /// <summary>The libtorch folder to use; <see langword="null"/> to look in the known places.</summary>
    public string? LibTorchDirectory { get; init; }

    /// <summary>The training fingerprint that the caller computed; the worker compares it with what it reads.</summary>
    public string? TrainingFingerprint { get; init; }

    /// <summary>The export fingerprint that the caller computed.</summary>
    public string? ExportFingerprint { get; init; }

    /// <summary>The cache of a team that is asked for what the store does not have; <see langword="null"/> for none.</summary>
    public RemoteCacheSettings? RemoteCache { get; init; }

    /// <summary>Where <see cref="WorkerCommand.Verify"/> writes what it measured, in the form of <c>metrics.json</c>.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>What an error adds when the model would have to be trained and may not be: what would be trained, and why.</summary>
    public string? Explanation { get; init; }

    /// <summary>Whether the training may use a graphics processor at the same time as another one.</summary>
    public bool ShareDevice { get; init; }
}
