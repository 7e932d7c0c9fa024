using System.Globalization;

namespace FineTune.Benchmarks;

/// <summary>Measured values, and what is usually said about them.</summary>
internal sealed class Samples(IEnumerable<double> values)
{
    private readonly double[] sorted = [.. values.Order()];

    public int Count => sorted.Length;

    public double Median => Percentile(50);

    public double Maximum => sorted[^1];

    /// <summary>The smallest value that at least <paramref name="percent"/> % of all values do not exceed.</summary>
    public double Percentile(double percent) => sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];

    public static string Format(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);
}
