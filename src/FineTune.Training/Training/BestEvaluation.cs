using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>Remembers the weights of the best evaluation so far, in memory, and ends a training in which nothing better comes. Of equal evaluations the earliest stays.</summary>
/// <param name="metric">The metric that decides; <see cref="TaskMetrics"/> says in which direction it is better.</param>
/// <param name="patience">So many evaluations in a row without a better one end the training; 0 never does.</param>
/// <param name="minimumImprovement">A better one ends the waiting only when it is better by more than this.</param>
/// <param name="parameters">The parameters that are trained.</param>
internal sealed class BestEvaluation(string metric, int patience, double minimumImprovement, ParameterSet parameters) : ITrainingObserver, ITrainingState
{
    private double best = double.NaN;
    private int sinceBest;
    private IReadOnlyList<float[]>? weights;

    /// <summary>Steps done at the best evaluation.</summary>
    public int Step { get; private set; }

    /// <summary>The epoch of the best evaluation.</summary>
    public double Epoch { get; private set; }

    /// <summary>The outputs of the best evaluation for each validation row.</summary>
    public IReadOnlyList<IReadOnlyList<float>> Outputs { get; private set; } = [];

    /// <inheritdoc/>
    public bool WantsToEnd => patience > 0 && sinceBest >= patience;

    /// <inheritdoc/>
    public string Name => "best";

    /// <summary>Takes note of an evaluation, and of the weights if it is the best.</summary>
    /// <exception cref="FineTuneException">FT4002: there is no such metric.</exception>
    public void OnEvaluation(TrainingEvaluation evaluation)
    {
        if (!evaluation.Metrics.TryGetValue(metric, out var value))
        {
            throw new FineTuneException("FT4002", $"BestMetric '{metric}' is no metric of this task. Choose one of {string.Join(", ", evaluation.Metrics.Keys.Where(name => !name.Contains('[', StringComparison.Ordinal)))}.");
        }

        var improvement = TaskMetrics.IsBetterWhenLower(metric) ? best - value : value - best;
        var isBetter = weights is null || (double.IsNaN(best) ? !double.IsNaN(value) : improvement > 0);
        sinceBest = isBetter && !(improvement <= minimumImprovement) ? 0 : sinceBest + 1;
        if (isBetter)
        {
            (best, Step, Epoch, Outputs) = (value, evaluation.Step, evaluation.Epoch, evaluation.Outputs);
            weights = parameters.TakeSnapshot(weights);
        }
    }

    /// <summary>Returns the parameters to the best evaluation's values, at the end of the training.</summary>
    public void Restore()
    {
        if (weights is not null)
        {
            parameters.Restore(weights);
            weights = null;
        }
    }

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        writer.Values["sinceBest"] = sinceBest;
        if (weights is null)
        {
            return;
        }

        writer.Values["step"] = Step;
        writer.Values["epoch"] = Epoch;
        writer.Values["metric"] = double.IsNaN(best) ? null : JsonValue.Create(best);
        writer.Add("outputs", Outputs.SelectMany(row => row).ToArray());
        writer.Add("lengths", Outputs.Select(row => (float)row.Count).ToArray());
        for (var buffer = 0; buffer < weights.Count; buffer++)
        {
            writer.Add($"weights.{buffer}", weights[buffer]);
        }
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        sinceBest = (int)reader.Values["sinceBest"]!;
        if (!reader.Has("outputs"))
        {
            return;
        }

        Step = (int)reader.Values["step"]!;
        Epoch = (double)reader.Values["epoch"]!;
        best = (double?)reader.Values["metric"] ?? double.NaN;
        Outputs = RaggedRows.Split(reader.Read("outputs"), reader.Read("lengths"));
        weights = [.. Enumerable.Range(0, int.MaxValue).TakeWhile(buffer => reader.Has($"weights.{buffer}")).Select(buffer => reader.Read($"weights.{buffer}"))];
    }
}
