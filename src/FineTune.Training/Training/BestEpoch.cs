using FineTune.Core.Diagnostics;
using FineTune.Training.Models;

namespace FineTune.Training.Training;

/// <summary>Remembers the weights of the best evaluation so far, in memory. Of equal ones the earliest stays.</summary>
/// <param name="metric">The metric that decides; <c>loss</c> is better when it is lower, everything else when it is higher.</param>
/// <param name="patience">So many evaluations in a row without a better one end the training; 0 never does.</param>
internal sealed class BestEpoch(string metric, int patience)
{
    private double best = double.NaN;
    private int sinceBest;
    private IReadOnlyList<float[]>? weights;

    /// <summary>The epoch of the best evaluation.</summary>
    public double Epoch { get; private set; }

    /// <summary>The logits of the best evaluation.</summary>
    public IReadOnlyList<IReadOnlyList<float>> Logits { get; private set; } = [];

    /// <summary>Whether training should end.</summary>
    public bool IsPatienceOver => patience > 0 && sinceBest >= patience;

    /// <summary>Takes note of an evaluation, and of the weights if it is the best.</summary>
    /// <exception cref="FineTuneException">FT4002: there is no such metric.</exception>
    public void Add(double epoch, IReadOnlyDictionary<string, double> metrics, IReadOnlyList<IReadOnlyList<float>> logits, ParameterSet parameters)
    {
        if (!metrics.TryGetValue(metric, out var value))
        {
            throw new FineTuneException("FT4002", $"BestMetric '{metric}' is no metric of this task. Choose one of {string.Join(", ", metrics.Keys.Where(name => !name.Contains('[', StringComparison.Ordinal)))}.");
        }

        if (weights is null || IsBetter(value))
        {
            (best, Epoch, Logits, sinceBest) = (value, epoch, logits, 0);
            weights = parameters.TakeSnapshot();
        }
        else
        {
            sinceBest++;
        }
    }

    /// <summary>Returns the parameters to the best evaluation's values.</summary>
    public void Restore(ParameterSet parameters)
    {
        if (weights is not null)
        {
            parameters.Restore(weights);
        }
    }

    private bool IsBetter(double value) => double.IsNaN(best) ? !double.IsNaN(value) : metric == "loss" ? value < best : value > best;
}
