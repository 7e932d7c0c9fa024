namespace FineTune.Training.Evaluation;

/// <summary>Measures a model that answers with a number. The numbers equal scikit-learn's and scipy's.</summary>
internal static class RegressionEvaluation
{
    private static readonly string[] Names = ["mse", "rmse", "mae", "r2", "pearson", "spearman"];

    /// <summary>
    /// Computes <c>mse</c>, <c>rmse</c>, <c>mae</c>, <c>r2</c>, <c>pearson</c>, <c>spearman</c> and <c>loss</c>, which is <c>mse</c>. A metric that is not defined
    /// is not a number: a correlation when one side is always the same, <c>r2</c> when the expected values are, all when the model's output is not finite.
    /// </summary>
    /// <param name="expected">The value of each row, finite.</param>
    /// <param name="predicted">The model's answer to each row, in the same unit.</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <exception cref="ArgumentException">There are no rows, the lengths differ, or an expected value is not finite.</exception>
    public static EvaluationResult Compute(IReadOnlyList<double> expected, IReadOnlyList<double> predicted, bool intervals = true)
    {
        if (expected.Count == 0 || expected.Count != predicted.Count || !expected.All(double.IsFinite))
        {
            throw new ArgumentException($"{expected.Count} expected values, of which all must be finite, and {predicted.Count} predicted ones.", nameof(predicted));
        }

        var values = new double[Names.Length];
        var isFinite = predicted.All(double.IsFinite);
        var rows = new Pairs([.. expected], [.. predicted]);
        if (isFinite)
        {
            var times = new int[expected.Count];
            Array.Fill(times, 1);
            rows.Measure(times, values);
        }
        else
        {
            Array.Fill(values, double.NaN);
        }

        return new EvaluationResult
        {
            Metrics = new Dictionary<string, double>(Names.Zip(values, KeyValuePair.Create).Append(KeyValuePair.Create("loss", values[0])), StringComparer.Ordinal),
            Intervals = intervals && isFinite ? ConfidenceIntervals.Bootstrap(expected.Count, Names, rows.Measure) : new Dictionary<string, IReadOnlyList<double>>(),
        };
    }

    /// <summary>The rows, sorted once, so that the ranks of a sample of them cost no further sorting.</summary>
    private sealed class Pairs(double[] expected, double[] predicted)
    {
        private readonly int[] expectedOrder = Order(expected);
        private readonly int[] predictedOrder = Order(predicted);
        private readonly double[] expectedRanks = new double[expected.Length];
        private readonly double[] predictedRanks = new double[predicted.Length];

        /// <summary>Measures the rows, each as often as <paramref name="times"/> says.</summary>
        public void Measure(int[] times, double[] values)
        {
            double squares = 0, distances = 0;
            for (var row = 0; row < times.Length; row++)
            {
                var error = predicted[row] - expected[row];
                squares += times[row] * error * error;
                distances += times[row] * Math.Abs(error);
            }

            // A sample has as many rows as there are.
            values[0] = squares / times.Length;
            values[1] = Math.Sqrt(values[0]);
            values[2] = distances / times.Length;
            values[3] = IsConstant(expected, times) ? double.NaN : 1 - (squares / SquaredDeviations(expected, times));
            values[4] = Correlation(expected, predicted, times);
            Rank(expected, expectedOrder, times, expectedRanks);
            Rank(predicted, predictedOrder, times, predictedRanks);
            values[5] = Correlation(expectedRanks, predictedRanks, times);
        }

        private static int[] Order(double[] values)
        {
            int[] order = [.. Enumerable.Range(0, values.Length)];
            Array.Sort((double[])values.Clone(), order);
            return order;
        }

        /// <summary>Ranks from 1; equal values have the mean of the ranks that they take together.</summary>
        private static void Rank(double[] values, int[] order, int[] times, double[] ranks)
        {
            var before = 0L;
            for (var start = 0; start < order.Length;)
            {
                var (end, count) = (start, 0);
                while (end < order.Length && values[order[end]] == values[order[start]])
                {
                    count += times[order[end++]];
                }

                for (; start < end; start++)
                {
                    ranks[order[start]] = before + ((count + 1) / 2.0);
                }

                before += count;
            }
        }

        /// <summary>Pearson's coefficient, from deviations of the means, which lose no digits when the values are large.</summary>
        private static double Correlation(double[] first, double[] second, int[] times)
        {
            if (IsConstant(first, times) || IsConstant(second, times))
            {
                return double.NaN;
            }

            var (firstMean, secondMean) = (Mean(first, times), Mean(second, times));
            var products = 0.0;
            for (var row = 0; row < times.Length; row++)
            {
                products += times[row] * (first[row] - firstMean) * (second[row] - secondMean);
            }

            // Each root by itself, because their product may overflow. Rounding may lead beyond 1.
            return Math.Clamp(products / Math.Sqrt(SquaredDeviations(first, times)) / Math.Sqrt(SquaredDeviations(second, times)), -1, 1);
        }

        private static double SquaredDeviations(double[] values, int[] times)
        {
            var (mean, sum) = (Mean(values, times), 0.0);
            for (var row = 0; row < times.Length; row++)
            {
                sum += times[row] * (values[row] - mean) * (values[row] - mean);
            }

            return sum;
        }

        private static double Mean(double[] values, int[] times)
        {
            var sum = 0.0;
            for (var row = 0; row < times.Length; row++)
            {
                sum += times[row] * values[row];
            }

            return sum / times.Length;
        }

        // By comparison: the deviations of equal values from their rounded mean need not be 0.
        private static bool IsConstant(double[] values, int[] times)
        {
            var first = Array.FindIndex(times, count => count > 0);
            for (var row = first; row < times.Length; row++)
            {
                if (times[row] > 0 && values[row] != values[first])
                {
                    return false;
                }
            }

            return true;
        }
    }
}
