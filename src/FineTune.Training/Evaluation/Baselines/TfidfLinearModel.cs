using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>A linear function of <see cref="TfidfFeatures"/>, trained by stochastic dual coordinate ascent on one thread and with a fixed seed.</summary>
internal sealed class TfidfLinearModel
{
    // How much more the rows count than the weights' size; scikit-learn calls it C, and for regression 1 / alpha.
    private const double InverseRegularizationOfLabels = 10;
    private const double InverseRegularizationOfValues = 1;

    private readonly float[] weights;
    private readonly double bias;

    private TfidfLinearModel(IReadOnlyList<float> weights, double bias)
    {
        this.weights = [.. weights];
        this.bias = bias;
    }

    /// <summary>Learns the logarithm of the odds that a row has a label (logistic regression).</summary>
    /// <param name="context">The library.</param>
    /// <param name="vectors">The rows' vectors; not all have the label, and one does.</param>
    /// <param name="hasLabel">Whether each row has it.</param>
    /// <param name="iterations">How often the rows are visited.</param>
    public static TfidfLinearModel Classify(MLContext context, VBuffer<float>[] vectors, IReadOnlyList<bool> hasLabel, int iterations)
    {
        var rows = Load(context, vectors, index => new Classified { Features = vectors[index], Label = hasLabel[index] });
        var model = context.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = Regularization(InverseRegularizationOfLabels, vectors.Length),
            MaximumNumberOfIterations = iterations,
            // A check costs as much as an iteration.
            ConvergenceCheckFrequency = iterations,
            NumberOfThreads = 1,
        }).Fit(rows).Model.SubModel;
        return new TfidfLinearModel(model.Weights, model.Bias);
    }

    /// <summary>Learns a number (linear regression with a penalty on the weights' squares).</summary>
    /// <param name="context">The library.</param>
    /// <param name="vectors">The rows' vectors.</param>
    /// <param name="values">The rows' numbers, with a mean near 0 and a spread near 1.</param>
    /// <param name="iterations">How often the rows are visited.</param>
    public static TfidfLinearModel Regress(MLContext context, VBuffer<float>[] vectors, IReadOnlyList<double> values, int iterations)
    {
        var rows = Load(context, vectors, index => new Valued { Features = vectors[index], Label = (float)values[index] });
        var model = context.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = Regularization(InverseRegularizationOfValues, vectors.Length),
            MaximumNumberOfIterations = iterations,
            ConvergenceCheckFrequency = iterations,
            NumberOfThreads = 1,
        }).Fit(rows).Model;
        return new TfidfLinearModel(model.Weights, model.Bias);
    }

    /// <summary>The function's value for a vector.</summary>
    public double Of(VBuffer<float> vector)
    {
        var sum = bias;
        foreach (var (index, value) in vector.Items())
        {
            sum += (double)weights[index] * value;
        }

        return sum;
    }

    private static float Regularization(double inverse, int rows) => (float)(1 / (inverse * rows));

    private static IDataView Load<TRow>(MLContext context, VBuffer<float>[] vectors, Func<int, TRow> row)
        where TRow : class
    {
        var schema = SchemaDefinition.Create(typeof(TRow));
        schema[TfidfFeatures.Column].ColumnType = new VectorDataViewType(NumberDataViewType.Single, vectors[0].Length);
        // In random order, because each step of the training goes by one row.
        return context.Data.LoadFromEnumerable(TfidfFeatures.Shuffled(Enumerable.Range(0, vectors.Length)).Select(row), schema);
    }

    private sealed class Classified
    {
        public VBuffer<float> Features { get; init; }

        public bool Label { get; init; }
    }

    private sealed class Valued
    {
        public VBuffer<float> Features { get; init; }

        public float Label { get; init; }
    }
}
