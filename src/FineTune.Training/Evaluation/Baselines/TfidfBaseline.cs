using System.Text.RegularExpressions;
using FineTune.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>
/// Multinomial logistic regression on words and pairs of neighbouring words, weighted by TF-IDF and scaled to length 1: what text classification
/// reaches without pretraining. Trained by stochastic dual coordinate ascent (Shalev-Shwartz and Zhang, 2013) on one thread and with a fixed seed.
/// </summary>
/// <param name="mostWeights">Bounds labels × n-grams, and with them the memory.</param>
internal sealed partial class TfidfBaseline(int mostWeights = 20_000_000) : IBaseline
{
    private const int Seed = 42;

    /// <summary>How much more the rows count than the weights' size; scikit-learn calls it <c>C</c>.</summary>
    private const double InverseRegularization = 10;

    /// <summary>From so many rows on, what occurs in a single row is left out: most pairs of words, and none that generalizes.</summary>
    private const int ManyRows = 1000;

    private const int MostIterations = 20;
    private const int FewestIterations = 5;

    /// <summary>Characters × labels that all iterations together may visit; some twenty seconds.</summary>
    private const double Work = 4e9;

    private const string WrittenWithoutSpaces = @"\p{IsCJKUnifiedIdeographs}\p{IsCJKUnifiedIdeographsExtensionA}\p{IsHiragana}\p{IsKatakana}\p{IsThai}\p{IsLao}\p{IsKhmer}\p{IsMyanmar}";

    public string Name => "tfidf";

    public string Title => "TF-IDF";

    public IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount, CancellationToken cancellation)
    {
        var context = new MLContext(Seed);
        var rows = Load(context, Shuffled(train), labelCount);
        var features = Features(context, train.Count, labelCount).Fit(rows);
        var learned = context.Data.Cache(features.Transform(rows));

        cancellation.ThrowIfCancellationRequested();
        var classifier = Trainer(context, train, labelCount).Fit(learned);
        cancellation.ThrowIfCancellationRequested();
        var answers = classifier.Transform(features.Transform(Load(context, texts.Select(text => new LabelledText(text, 0, train[0].Origin)), labelCount)));
        return [.. answers.GetColumn<uint>("PredictedLabel").Select(key => (int)key - 1)];
    }

    /// <summary>The library keeps the first of more n-grams than it may; in random order, the first are the most frequent.</summary>
    private static LabelledText[] Shuffled(IReadOnlyList<LabelledText> train)
    {
        LabelledText[] shuffled = [.. train];
        new SplitMix64(Seed).Shuffle<LabelledText>(shuffled);
        return shuffled;
    }

    private static IDataView Load(MLContext context, IEnumerable<LabelledText> rows, int labelCount)
    {
        // Labels without rows count too, which the library could not know from the rows.
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), labelCount);
        return context.Data.LoadFromEnumerable(rows.Select(row => new Row { Words = WordsOf(row.Text), Label = (uint)row.Label }), schema);
    }

    private static string[] WordsOf(string text) => [.. Words().Matches(text.ToLowerInvariant()).Select(word => word.Value)];

    private EstimatorChain<LpNormNormalizingTransformer> Features(MLContext context, int rows, int labelCount)
        => context.Transforms.Conversion.MapValueToKey(nameof(Row.Words))
            .Append(context.Transforms.Text.ProduceNgrams(
                nameof(Features), nameof(Row.Words), ngramLength: 2, useAllLengths: true, maximumNgramsCount: mostWeights / (2 * labelCount), weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
            .Append(context.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(nameof(Features), count: rows < ManyRows ? 1 : 2))
            .Append(context.Transforms.NormalizeLpNorm(nameof(Features)));

    private static SdcaMaximumEntropyMulticlassTrainer Trainer(MLContext context, IReadOnlyList<LabelledText> train, int labelCount)
    {
        var visited = (double)labelCount * train.Sum(row => (long)row.Text.Length);
        var iterations = (int)Math.Clamp(Work / visited, FewestIterations, MostIterations);
        return context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = (float)(1 / (InverseRegularization * train.Count)),
            MaximumNumberOfIterations = iterations,
            // A check costs as much as an iteration.
            ConvergenceCheckFrequency = iterations,
            NumberOfThreads = 1,
        });
    }

    // Punctuation and symbols are words too: "!", ":)" and emoji, which are two UTF-16 units, say much about a text.
    [GeneratedRegex($@"\p{{Cs}}{{2}}|[{WrittenWithoutSpaces}]|[\w-[{WrittenWithoutSpaces}]]+|[^\w\s]")]
    private static partial Regex Words();

    private sealed class Row
    {
        public required string[] Words { get; init; }

        public required uint Label { get; init; }
    }
}
