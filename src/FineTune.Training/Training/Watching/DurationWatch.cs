using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>FT4017: a training that will take long, said as soon as it can be known, with what would shorten it.</summary>
internal sealed class DurationWatch(TrainingPlan plan, TrainingLength length, int maxLength, bool onProcessor, Action<Diagnostic> report, TimeProvider time) : ITrainingObserver
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(10);

    private readonly long start = time.GetTimestamp();
    private int steps;
    private bool isDecided;

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        steps++;
        var elapsed = time.GetElapsedTime(start);
        if (isDecided || elapsed < Sample)
        {
            return;
        }

        isDecided = true;
        var left = elapsed / steps * (length.TotalSteps - step.Number);
        if (left < Long)
        {
            return;
        }

        List<string> advice = [];
        if (plan.Strategy != Strategy.Frozen)
        {
            advice.Add("Strategy=Frozen");
        }

        if (maxLength > 64)
        {
            advice.Add($"MaxLength={maxLength / 2}");
        }

        if (plan.MaxSteps is null && plan.Epochs > 2)
        {
            advice.Add("Epochs=2");
        }

        if (plan.EarlyStopping == 0)
        {
            advice.Add("EarlyStopping=2");
        }

        report(new Diagnostic("FT4017", DiagnosticSeverity.Warning, string.Create(
            CultureInfo.InvariantCulture,
            $"The training will take about {left.TotalMinutes:0} minutes more ({length.TotalSteps} steps). It takes less with {string.Join(", ", advice)}, a smaller BaseModel{(onProcessor ? ", or a graphics processor (Device=Cuda)" : "")}. It can be interrupted: the next run goes on where it was."), plan.Origin));
    }
}
