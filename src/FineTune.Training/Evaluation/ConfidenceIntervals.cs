using FineTune.Training.Data;

namespace FineTune.Training.Evaluation;

/// <summary>95 % intervals: what the same model would score on other rows of the same kind.</summary>
internal static class ConfidenceIntervals
{
    private const double NormalQuantile = 1.959963984540054;
    private const int Resamples = 1000;
    private const ulong Seed = 42;

    /// <summary>
    /// Wilson's score interval of a share, which stays within 0 and 1 and holds for few rows too:
    /// (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    /// </summary>
    /// <param name="share">The measured share.</param>
    /// <param name="rows">Of how many rows.</param>
    public static IReadOnlyList<double> Wilson(double share, int rows)
    {
        var square = NormalQuantile * NormalQuantile / rows;
        var center = share + (square / 2);
        var margin = NormalQuantile * Math.Sqrt((share * (1 - share) / rows) + (square / (4 * rows)));
        // At 0 and 1 the bounds are exact; rounding would put the measured share outside of its own interval.
        return
        [
            share == 0 ? 0 : Math.Max(0, (center - margin) / (1 + square)),
            share == 1 ? 1 : Math.Min(1, (center + margin) / (1 + square)),
        ];
    }

    /// <summary>
    /// Percentile bootstrap of the F1 averages: 1,000 samples of as many rows, drawn with replacement from a fixed seed; the 2.5th and 97.5th percentiles
    /// with linear interpolation. A label that a sample happens to miss is left out of that sample's macro average, one that the evaluated rows
    /// never had counts as 0 as it does in the metric itself. Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    /// </summary>
    /// <returns>The intervals of <c>f1.macro</c>, <c>f1.micro</c> and <c>f1.weighted</c>.</returns>
    public static IEnumerable<(string Metric, IReadOnlyList<double> Interval)> BootstrapF1(IReadOnlyList<(int Expected, int Predicted)> rows, int labelCount)
    {
        var all = new LabelCounts(labelCount);
        foreach (var (expected, predicted) in rows)
        {
            all.Add(expected, predicted);
        }

        var random = new SplitMix64(Seed);
        var sample = new LabelCounts(labelCount);
        var macro = new double[Resamples];
        var micro = new double[Resamples];
        var weighted = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            sample.Clear();
            for (var draw = 0; draw < rows.Count; draw++)
            {
                var (expected, predicted) = rows[random.Next(rows.Count)];
                sample.Add(expected, predicted);
            }

            var counted = 0;
            for (var label = 0; label < labelCount; label++)
            {
                macro[resample] += sample.F1(label);
                counted += sample.Occurs(label) || !all.Occurs(label) ? 1 : 0;
            }

            macro[resample] /= counted;
            micro[resample] = sample.Accuracy;
            weighted[resample] = sample.Weighted(sample.F1);
        }

        return [("f1.macro", Middle95(macro)), ("f1.micro", Middle95(micro)), ("f1.weighted", Middle95(weighted))];
    }

    /// <summary>
    /// Percentile bootstrap of any metrics: 1,000 samples of as many rows, drawn with replacement from a fixed seed; the 2.5th and 97.5th percentiles with
    /// linear interpolation. A sample in which a metric is not a number is left out of its interval, and a metric for which most samples are has none.
    /// </summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="metrics">The names.</param>
    /// <param name="measure">Is given how often the sample has each row, and writes the value of each metric.</param>
    /// <returns>The intervals by metric.</returns>
    public static Dictionary<string, IReadOnlyList<double>> Bootstrap(int rows, IReadOnlyList<string> metrics, Action<int[], double[]> measure)
    {
        var random = new SplitMix64(Seed);
        var times = new int[rows];
        var sample = new double[metrics.Count];
        var values = metrics.Select(_ => new List<double>(Resamples)).ToArray();
        for (var resample = 0; resample < Resamples; resample++)
        {
            Array.Clear(times);
            for (var draw = 0; draw < rows; draw++)
            {
                times[random.Next(rows)]++;
            }

            measure(times, sample);
            for (var metric = 0; metric < sample.Length; metric++)
            {
                if (!double.IsNaN(sample[metric]))
                {
                    values[metric].Add(sample[metric]);
                }
            }
        }

        return metrics.Zip(values).Where(metric => metric.Second.Count > Resamples / 2)
            .ToDictionary(metric => metric.First, metric => (IReadOnlyList<double>)Middle95([.. metric.Second]), StringComparer.Ordinal);
    }

    private static double[] Middle95(double[] values)
    {
        Array.Sort(values);
        return [Percentile(values, 0.025), Percentile(values, 0.975)];
    }

    private static double Percentile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}
