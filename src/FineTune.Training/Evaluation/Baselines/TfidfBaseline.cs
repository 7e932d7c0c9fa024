using FineTune.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>
/// Multinomial logistic regression on <see cref="TfidfFeatures"/>: what text classification reaches without pretraining. Trained by stochastic dual
/// coordinate ascent (Shalev-Shwartz and Zhang, 2013) on one thread and with a fixed seed.
/// </summary>
/// <param name="mostWeights">Bounds labels × n-grams, and with them the memory.</param>
internal sealed class TfidfBaseline(int mostWeights = TfidfFeatures.MostWeights) : IBaseline
{
    /// <summary>How much more the rows count than the weights' size; scikit-learn calls it <c>C</c>.</summary>
    private const double InverseRegularization = 10;

    public string Name => "tfidf";


    public IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount, CancellationToken cancellation)
    {
        var context = new MLContext(TfidfFeatures.Seed);
        string[] trainTexts = [.. train.Select(row => row.Text)];
        var rows = Load(context, TfidfFeatures.Shuffled(train), labelCount);
        var features = TfidfFeatures.Estimator(context, trainTexts, labelCount, mostWeights).Fit(rows);
        var learned = context.Data.Cache(features.Transform(rows));

        cancellation.ThrowIfCancellationRequested();
        var classifier = Trainer(context, trainTexts, labelCount).Fit(learned);
        cancellation.ThrowIfCancellationRequested();
        var answers = classifier.Transform(features.Transform(Load(context, texts.Select(text => new LabelledText(text, 0, train[0].Origin)), labelCount)));
        return [.. answers.GetColumn<uint>("PredictedLabel").Select(key => (int)key - 1)];
    }

    private static IDataView Load(MLContext context, IEnumerable<LabelledText> rows, int labelCount)
    {
        // Labels without rows count too, which the library could not know from the rows.
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), labelCount);
        return context.Data.LoadFromEnumerable(rows.Select(row => new Row(row)), schema);
    }

    private static SdcaMaximumEntropyMulticlassTrainer Trainer(MLContext context, string[] texts, int labelCount)
    {
        var iterations = TfidfFeatures.Iterations(texts, labelCount);
        return context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = (float)(1 / (InverseRegularization * texts.Length)),
            MaximumNumberOfIterations = iterations,
            // A check costs as much as an iteration.
            ConvergenceCheckFrequency = iterations,
            NumberOfThreads = 1,
        });
    }

    private sealed class Row(LabelledText row) : TfidfFeatures.Row(row.Text)
    {
        public uint Label => (uint)row.Label;
    }
}
