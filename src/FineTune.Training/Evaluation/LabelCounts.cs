namespace FineTune.Training.Evaluation;

/// <summary>How often each label was expected, predicted, and both; all averages are functions of these counts. Definitions as in scikit-learn with <c>zero_division=0</c>.</summary>
/// <param name="labelCount">How many labels the model knows.</param>
internal sealed class LabelCounts(int labelCount)
{
    private readonly int[] expected = new int[labelCount];
    private readonly int[] predicted = new int[labelCount];
    private readonly int[] correct = new int[labelCount];
    private int rows;
    private int correctRows;

    /// <summary>Correct rows / rows.</summary>
    public double Accuracy => Ratio(correctRows, rows);

    /// <summary>
    /// Matthews' correlation coefficient for several classes: (c·s − Σ pₖ·tₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)), where s is the number of rows, c of correct
    /// rows, and label k was predicted pₖ times and expected tₖ times; 0 when a factor is 0.
    /// Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient" (2004).
    /// </summary>
    public double MatthewsCorrelation
    {
        get
        {
            double products = 0, predictedSquares = 0, expectedSquares = 0;
            for (var label = 0; label < expected.Length; label++)
            {
                products += (double)predicted[label] * expected[label];
                predictedSquares += (double)predicted[label] * predicted[label];
                expectedSquares += (double)expected[label] * expected[label];
            }

            var square = (double)rows * rows;
            return Ratio(((double)correctRows * rows) - products, Math.Sqrt((square - predictedSquares) * (square - expectedSquares)));
        }
    }

    /// <summary>Counts one row.</summary>
    public void Add(int expectedLabel, int predictedLabel)
    {
        rows++;
        expected[expectedLabel]++;
        predicted[predictedLabel]++;
        if (expectedLabel == predictedLabel)
        {
            correct[expectedLabel]++;
            correctRows++;
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        rows = correctRows = 0;
        Array.Clear(expected);
        Array.Clear(predicted);
        Array.Clear(correct);
    }

    /// <summary>Whether the label was expected or predicted at all.</summary>
    public bool Occurs(int label) => expected[label] + predicted[label] > 0;

    /// <summary>Of the rows predicted as the label, the share that is: TP / (TP + FP); 0 when it was never predicted.</summary>
    public double Precision(int label) => Ratio(correct[label], predicted[label]);

    /// <summary>Of the rows of the label, the share that was found: TP / (TP + FN); 0 when there is none.</summary>
    public double Recall(int label) => Ratio(correct[label], expected[label]);

    /// <summary>The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN); 0 when the label neither occurs nor was predicted.</summary>
    public double F1(int label) => Ratio(2.0 * correct[label], expected[label] + predicted[label]);

    /// <summary>The plain mean over all labels, whether rows have them or not.</summary>
    public double Macro(Func<int, double> metric) => Enumerable.Range(0, expected.Length).Sum(metric) / expected.Length;

    /// <summary>The mean over all labels, each weighted by how often it was expected.</summary>
    public double Weighted(Func<int, double> metric) => Ratio(Enumerable.Range(0, expected.Length).Sum(label => expected[label] * metric(label)), rows);

    private static double Ratio(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
