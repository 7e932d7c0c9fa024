using Microsoft.ML;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Simple ways of answering with a number.</summary>
internal static class RegressionBaselines
{
    /// <summary>
    /// The metrics of each baseline by its name: <c>mean</c> always answers the mean of the training rows, <c>tfidf</c> is a linear regression. The
    /// correlations of <c>mean</c> are not defined.
    /// </summary>
    /// <param name="train">The rows that the model learned from; of a pair of texts, both.</param>
    /// <param name="rows">The rows that the model is measured on.</param>
    /// <param name="cancellation">Cancels between the phases.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureAll(
        IReadOnlyList<(string Text, double Value)> train, IReadOnlyList<(string Text, double Value)> rows, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        double[] expected = [.. rows.Select(row => row.Value)];
        var mean = train.Average(row => row.Value);
        return new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal)
        {
            ["mean"] = Measure(rows.Select(_ => mean)),
            ["tfidf"] = Measure(ByTfidf(train, rows, mean, cancellation)),
        };

        IReadOnlyDictionary<string, double> Measure(IEnumerable<double> answers) => RegressionEvaluation.Compute(expected, [.. answers], intervals: false).Metrics;
    }

    private static IEnumerable<double> ByTfidf(IReadOnlyList<(string Text, double Value)> train, IReadOnlyList<(string Text, double Value)> rows, double mean, CancellationToken cancellation)
    {
        var spread = Math.Sqrt(train.Average(row => (row.Value - mean) * (row.Value - mean)));
        if (spread == 0)
        {
            return rows.Select(_ => mean);
        }

        var context = new MLContext(TfidfFeatures.Seed);
        string[] texts = [.. train.Select(row => row.Text)];
        var (vectors, others) = TfidfFeatures.Vectors(context, texts, outputCount: 1, [.. rows.Select(row => row.Text)]);
        cancellation.ThrowIfCancellationRequested();
        var model = TfidfLinearModel.Regress(context, vectors, [.. train.Select(row => (row.Value - mean) / spread)], TfidfFeatures.Iterations(texts, outputCount: 1));
        return others[0].Select(vector => mean + (spread * model.Of(vector)));
    }
}
