using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;

namespace FineTune.Training.Training;

/// <summary>Saves the state of a training now and then, and when it is cancelled.</summary>
/// <param name="folder">Where to.</param>
/// <param name="states">What.</param>
/// <param name="interval">How often; <see langword="null"/> for as often as costs at most 1 % of the time.</param>
/// <param name="length">The length of the training.</param>
/// <param name="stepsDone">Steps of the checkpoint that the training went on from.</param>
/// <param name="report">Is told when a checkpoint cannot be written; the training goes on without.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointObserver(CheckpointFolder folder, IReadOnlyList<ITrainingState> states, TrainingInterval? interval, TrainingLength length, int stepsDone, Action<Diagnostic> report, TimeProvider time) : ITrainingObserver
{
    /// <summary>So much longer than it takes to save, training goes on before it is saved again.</summary>
    private const int CostShare = 100;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(30);

    private long saved = time.GetTimestamp();
    private TimeSpan pause = ShortestPause;
    private int savedStep = stepsDone;
    private bool isBroken;

    /// <inheritdoc/>
    public void OnSettled(int steps)
    {
        if (IsDue(steps))
        {
            Save(steps);
        }
    }

    /// <inheritdoc/>
    public void OnCancelled(int steps) => Save(steps);

    private bool IsDue(int steps) => interval switch
    {
        null => time.GetElapsedTime(saved) >= pause,
        { Unit: IntervalUnit.Minute } => time.GetElapsedTime(saved) >= TimeSpan.FromMinutes(interval.Count),
        _ => interval.EndsWith(steps, length.StepsPerEpoch),
    };

    private void Save(int steps)
    {
        if (steps == savedStep || isBroken)
        {
            return;
        }

        var start = time.GetTimestamp();
        try
        {
            folder.Save(steps, states);
            savedStep = steps;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            isBroken = true;
            report(new Diagnostic("FT4020", DiagnosticSeverity.Warning, $"No checkpoint can be saved, so an interrupted training will start anew: {exception.Message} Free some space, or set FINETUNE_CACHE_DIRECTORY to a folder that can be written."));
        }

        saved = time.GetTimestamp();
        var cost = time.GetElapsedTime(start, saved) * CostShare;
        pause = cost > ShortestPause ? cost : ShortestPause;
    }
}
