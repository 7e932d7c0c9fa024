using FineTune.Training.Checkpoints;
using FineTune.Training.Data;

namespace FineTune.Training.Tasks.TextRegression;

/// <summary>
/// From the unit of the data to the scale that a model learns, on which the training rows have mean 0 and standard deviation 1: prices and shares are then learned at the same rate. The last
/// layer of the finished model takes the scale back, so that it answers in the unit of the data wherever it is loaded.
/// </summary>
/// <param name="Mean">The mean of the training rows.</param>
/// <param name="Deviation">Their standard deviation, above 0.</param>
internal sealed record ScoreScale(double Mean, double Deviation)
{
    /// <summary>The scale of the training rows, which are not all the same.</summary>
    public static ScoreScale Of(IReadOnlyList<ScoredText> rows)
    {
        var mean = rows.Average(row => row.Score);
        return new(mean, Math.Sqrt(rows.Average(row => (row.Score - mean) * (row.Score - mean))));
    }

    /// <summary>A number of the data on the model's scale.</summary>
    public float ToModel(double score) => (float)((score - Mean) / Deviation);

    /// <summary>The weights of a model that answers in the unit of the data. Its last layer has one output: y = w·x + b becomes (deviation·w)·x + deviation·b + mean.</summary>
    /// <param name="weights">The trained weights from the input up.</param>
    public IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> Fold(IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights)
    {
        var matrix = weights.Last(weight => weight.Info.Shape is [1, _]).Info.Name;
        var bias = weights.Last(weight => weight.Info.Shape is [1]).Info.Name;
        return [.. weights.Select(weight => weight.Info.Name == matrix ? (weight.Info, Map(weight.Values, value => value * Deviation))
            : weight.Info.Name == bias ? (weight.Info, Map(weight.Values, value => (value * Deviation) + Mean))
            : weight)];
    }

    private static ReadOnlyMemory<float> Map(ReadOnlyMemory<float> values, Func<double, double> map) => values.ToArray().Select(value => (float)map(value)).ToArray();
}
