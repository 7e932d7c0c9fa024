using System.Text.Json;
using FineTune.Core.Manifests;
using FineTune.Training.Checkpoints;

namespace FineTune.Training.Training;

/// <summary>Writes the learning curve down.</summary>
internal sealed class TrainingHistory : ITrainingObserver, ITrainingState
{
    private readonly List<EvaluationPoint> points = [];
    private double loss;
    private long items;

    /// <summary>A point for each evaluation.</summary>
    public IReadOnlyList<EvaluationPoint> Points => points;

    /// <summary>Steps done at the last evaluation; 0 before the first.</summary>
    public int LastStep => points.Count == 0 ? 0 : points[^1].Step;

    /// <inheritdoc/>
    public string Name => "history";

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        loss += step.Loss * step.Items;
        items += step.Items;
    }

    /// <inheritdoc/>
    public void OnEvaluation(TrainingEvaluation evaluation)
    {
        var metrics = evaluation.Metrics.Where(metric => !metric.Key.Contains('[', StringComparison.Ordinal)).ToDictionary();
        points.Add(new EvaluationPoint(evaluation.Step, evaluation.Epoch, items == 0 ? double.NaN : loss / items, metrics));
        (loss, items) = (0, 0);
    }

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        writer.Values["loss"] = loss;
        writer.Values["items"] = items;
        writer.Values["points"] = JsonSerializer.SerializeToNode(points, Options);
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        loss = (double)reader.Values["loss"]!;
        items = (long)reader.Values["items"]!;
        points.AddRange(JsonSerializer.Deserialize<List<EvaluationPoint>>(reader.Values["points"], Options)!);
    }

    private static JsonSerializerOptions Options { get; } = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
