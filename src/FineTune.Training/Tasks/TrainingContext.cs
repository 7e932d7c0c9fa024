using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Training;

namespace FineTune.Training.Tasks;

/// <summary>What a training is given beside its task's rows.</summary>
internal sealed record TrainingContext
{
    /// <summary>The resolved options.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>The base model's folder.</summary>
    public required string BaseModelDirectory { get; init; }

    /// <summary>The base model's tokenizer.</summary>
    public required TextTokenizer Tokenizer { get; init; }

    /// <summary>The checkpoints of this training.</summary>
    public required CheckpointFolder Checkpoints { get; init; }

    /// <summary>Receives progress, a few times per second at most.</summary>
    public required Action<TrainingProgress> Progress { get; init; }

    /// <summary>Receives warnings and remarks.</summary>
    public required Action<Diagnostic> Report { get; init; }

    /// <summary>Where what frozen layers compute is kept; <see langword="null"/> to compute it each time.</summary>
    public HiddenStatesStore? HiddenStates { get; init; }

    /// <summary>Observers beside those that every training has.</summary>
    public IReadOnlyList<ITrainingObserver> Onlookers { get; init; } = [];

    /// <summary>Cancels between two steps.</summary>
    public CancellationToken Cancellation { get; init; }
}
