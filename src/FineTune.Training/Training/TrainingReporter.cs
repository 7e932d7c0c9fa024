using System.Diagnostics;
using System.Globalization;
using FineTune.Training.Checkpoints;

namespace FineTune.Training.Training;

/// <summary>Turns steps into progress messages, a few per second at most.</summary>
/// <param name="length">The length of the training.</param>
/// <param name="metric">The metric that is reported of an evaluation beside the loss.</param>
/// <param name="progress">Receives the messages.</param>
internal sealed class TrainingReporter(TrainingLength length, string metric, Action<TrainingProgress> progress) : ITrainingObserver, ITrainingState
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch all = Stopwatch.StartNew();
    private readonly Stopwatch training = new();
    private readonly int totalSteps = length.TotalSteps;
    private TimeSpan allBefore;
    private TimeSpan trainingBefore;
    private TimeSpan nextReport;
    private double lossSinceReport;
    private int stepsSinceReport;

    /// <summary>Rows trained on.</summary>
    public long Items { get; private set; }

    /// <summary>Time spent on training, evaluation not counted, that of an interrupted run included.</summary>
    public TimeSpan TrainingTime => trainingBefore + training.Elapsed;

    /// <summary>Time since the training began, without the time between two runs.</summary>
    public TimeSpan TotalTime => allBefore + all.Elapsed;

    /// <inheritdoc/>
    public string Name => "progress";

    /// <summary>Starts or resumes the clock of training.</summary>
    public void StartTraining() => training.Start();

    /// <summary>Stops the clock of training.</summary>
    public void PauseTraining() => training.Stop();

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        Items += step.Items;
        lossSinceReport += step.Loss;
        stepsSinceReport++;
        if (TrainingTime < nextReport && step.Number < totalSteps)
        {
            return;
        }

        var loss = lossSinceReport / stepsSinceReport;
        var left = TrainingTime * ((double)(totalSteps - step.Number) / step.Number);
        Report(step.Number, $"step {step.Number}/{totalSteps}, loss {loss:F3}, {Items / Math.Max(TrainingTime.TotalSeconds, 1e-3):F0} rows/s, {(int)left.TotalMinutes}:{left.Seconds:00} left", loss, metrics: null);
        (lossSinceReport, stepsSinceReport) = (0, 0);
        nextReport = TrainingTime + Interval;
    }

    /// <inheritdoc/>
    public void OnEvaluation(TrainingEvaluation evaluation)
        => Report(evaluation.Step, "validation " + string.Join(", ", new[] { metric, "loss" }.Distinct().Where(evaluation.Metrics.ContainsKey).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {evaluation.Metrics[name]:F4}"))), loss: null, evaluation.Metrics);

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        writer.Values["items"] = Items;
        writer.Values["seconds"] = TotalTime.TotalSeconds;
        writer.Values["trainingSeconds"] = TrainingTime.TotalSeconds;
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        Items = (long)reader.Values["items"]!;
        allBefore = TimeSpan.FromSeconds((double)reader.Values["seconds"]!);
        trainingBefore = TimeSpan.FromSeconds((double)reader.Values["trainingSeconds"]!);
    }

    private void Report(int step, string message, double? loss, IReadOnlyDictionary<string, double>? metrics)
    {
        var epoch = length.EpochOf(step);
        progress(new TrainingProgress
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"epoch {Math.Max(1, Math.Ceiling(epoch))}/{Math.Ceiling(length.EpochOf(totalSteps))}, {message}"),
            Fraction = (double)step / totalSteps,
            Step = step,
            TotalSteps = totalSteps,
            Epoch = epoch,
            Loss = loss,
            Metrics = metrics,
        });
    }
}
