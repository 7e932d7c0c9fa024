using FineTune.Core.Diagnostics;

namespace FineTune.Training.Export;

/// <summary>Holds the exported file to the model that was trained: both must give the same outputs.</summary>
internal static class ExportParity
{
    /// <summary>The largest allowed difference of two outputs; where it is more, a tenth of it as a share of the trained one.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Compares the outputs for the same rows, in the same order.</summary>
    /// <param name="trained">Outputs computed while training, one list for each row.</param>
    /// <param name="exported">Outputs of the exported file.</param>
    /// <param name="origins">Where the rows stand in the data files, to name the worst one; empty when unknown.</param>
    /// <returns>The largest difference; 0 without rows.</returns>
    /// <exception cref="FineTuneException">FT4050: a difference above <see cref="Tolerance"/>, or an output that is not a number.</exception>
    /// <exception cref="ArgumentException">The two lists have different shapes.</exception>
    public static double Check(IReadOnlyList<IReadOnlyList<float>> trained, IReadOnlyList<IReadOnlyList<float>> exported, IReadOnlyList<SourceLocation> origins)
    {
        if (trained.Count != exported.Count)
        {
            throw new ArgumentException($"{trained.Count} rows of training are compared with {exported.Count} rows of the exported file.", nameof(exported));
        }

        var worstRow = -1;
        var worstDifference = 0.0;
        for (var row = 0; row < trained.Count; row++)
        {
            var difference = RelativeDifference(trained[row], exported[row]);
            if (difference > worstDifference)
            {
                (worstRow, worstDifference) = (row, difference);
            }
        }

        if (worstDifference > Tolerance)
        {
            var origin = worstRow < origins.Count ? origins[worstRow] : null;
            throw new FineTuneException(
                "FT4050",
                $"The exported model does not compute what was trained: in evaluation row {worstRow + 1} the logits differ by {worstDifference:g3} (allowed: {Tolerance:g3}); "
                + $"training [{string.Join(", ", trained[worstRow])}], exported file [{string.Join(", ", exported[worstRow])}]. Nothing was stored; please report this with the base model's name.",
                origin);
        }

        return worstDifference;
    }

    /// <summary>The largest difference of any output.</summary>
    /// <param name="expected">Outputs, one list for each row.</param>
    /// <param name="actual">Others for the same rows.</param>
    /// <returns>0 without rows.</returns>
    public static double LargestDifference(IReadOnlyList<IReadOnlyList<float>> expected, IReadOnlyList<IReadOnlyList<float>> actual)
        => expected.Zip(actual, (first, second) => first.Zip(second, (left, right) => Math.Abs((double)left - right)).DefaultIfEmpty().Max()).DefaultIfEmpty().Max();

    private static double RelativeDifference(IReadOnlyList<float> trained, IReadOnlyList<float> exported)
    {
        if (trained.Count != exported.Count)
        {
            throw new ArgumentException($"A row has {trained.Count} logits in training and {exported.Count} in the exported file.", nameof(exported));
        }

        var largest = 0.0;
        for (var index = 0; index < trained.Count; index++)
        {
            var difference = Math.Abs((double)trained[index] - exported[index]) / Math.Max(1, Math.Abs((double)trained[index]) / 10);
            // Two infinities of the same sign, or a NaN on either side, must not pass as "no difference".
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            if (double.IsPositiveInfinity(largest))
            {
                break;
            }
        }

        return largest;
    }
}
