using System.Diagnostics;
using System.Globalization;

namespace FineTune.Training.Training;

/// <summary>Turns steps into progress messages, a few per second at most.</summary>
/// <param name="totalSteps">All steps.</param>
/// <param name="stepsPerEpoch">Steps of one pass over the data.</param>
/// <param name="epochs">Passes over the data.</param>
/// <param name="progress">Receives the messages.</param>
internal sealed class TrainingReporter(int totalSteps, int stepsPerEpoch, double epochs, Action<TrainingProgress> progress)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch training = new();
    private TimeSpan nextReport;
    private double lossSinceReport;
    private int stepsSinceReport;

    /// <summary>Rows trained on.</summary>
    public long Items { get; private set; }

    /// <summary>Time spent on training, evaluation not counted.</summary>
    public TimeSpan TrainingTime => training.Elapsed;

    /// <summary>Starts or resumes the clock of training.</summary>
    public void StartTraining() => training.Start();

    /// <summary>Stops the clock of training.</summary>
    public void PauseTraining() => training.Stop();

    /// <summary>Takes note of a step.</summary>
    public void Add(TrainingStep step)
    {
        Items += step.Items;
        lossSinceReport += step.Loss;
        stepsSinceReport++;
        if (training.Elapsed < nextReport && step.Number < totalSteps)
        {
            return;
        }

        var loss = lossSinceReport / stepsSinceReport;
        var left = training.Elapsed * ((double)(totalSteps - step.Number) / step.Number);
        Report(step.Number, $"step {step.Number}/{totalSteps}, loss {loss:F3}, {Items / Math.Max(training.Elapsed.TotalSeconds, 1e-3):F0} rows/s, {(int)left.TotalMinutes}:{left.Seconds:00} left", loss, metrics: null);
        (lossSinceReport, stepsSinceReport) = (0, 0);
        nextReport = training.Elapsed + Interval;
    }

    /// <summary>Reports an evaluation.</summary>
    public void AddEvaluation(int step, IReadOnlyDictionary<string, double> metrics)
        => Report(step, string.Create(CultureInfo.InvariantCulture, $"validation accuracy {metrics["accuracy"]:F4}, loss {metrics["loss"]:F4}"), loss: null, metrics);

    private void Report(int step, string message, double? loss, IReadOnlyDictionary<string, double>? metrics)
    {
        var epoch = (double)step / stepsPerEpoch;
        progress(new TrainingProgress
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"epoch {Math.Max(1, Math.Ceiling(epoch))}/{Math.Ceiling(epochs)}, {message}"),
            Fraction = (double)step / totalSteps,
            Step = step,
            TotalSteps = totalSteps,
            Epoch = epoch,
            Loss = loss,
            Metrics = metrics,
        });
    }
}
