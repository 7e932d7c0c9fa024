using System.Text.RegularExpressions;
using FineTune.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms.Text;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>
/// Multinomial logistic regression on words, pairs of neighbouring words, and parts of words, weighted by TF-IDF and scaled to length 1: what text
/// classification reaches without pretraining. Trained by stochastic dual coordinate ascent (Shalev-Shwartz and Zhang, 2013) on one thread and with a fixed seed.
/// </summary>
/// <param name="mostWeights">Bounds labels × n-grams, and with them the memory.</param>
internal sealed partial class TfidfBaseline(int mostWeights = 40_000_000) : IBaseline
{
    private const int Seed = 42;

    /// <summary>How much more the rows count than the weights' size; scikit-learn calls it <c>C</c>.</summary>
    private const double InverseRegularization = 10;

    /// <summary>From so many rows on, what occurs in a single row is left out: most pairs of words, and none that generalizes.</summary>
    private const int ManyRows = 1000;

    private const int MostIterations = 20;
    private const int FewestIterations = 5;

    /// <summary>Up to so many characters, parts of words are used too; they cost most of the time, and help least where there is much to learn from.</summary>
    private const long FewCharacters = 5_000_000;

    /// <summary>Characters × labels that all iterations together may visit; some thirty seconds.</summary>
    private const double Work = 4e9;

    private const string WrittenWithoutSpaces = @"\p{IsCJKUnifiedIdeographs}\p{IsCJKUnifiedIdeographsExtensionA}\p{IsHiragana}\p{IsKatakana}\p{IsThai}\p{IsLao}\p{IsKhmer}\p{IsMyanmar}";

    public string Name => "tfidf";

    public string Title => "TF-IDF";

    public IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount, CancellationToken cancellation)
    {
        var context = new MLContext(Seed);
        var rows = Load(context, Shuffled(train), labelCount);
        var features = Features(context, train, labelCount).Fit(rows);
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
        return context.Data.LoadFromEnumerable(rows.Select(row => new Row(row)), schema);
    }

    private EstimatorChain<ITransformer> Features(MLContext context, IReadOnlyList<LabelledText> train, int labelCount)
    {
        string[] columns = CharactersOf(train) > FewCharacters ? [nameof(Row.Words)] : [nameof(Row.Words), nameof(Row.Parts)];
        var weighted = new EstimatorChain<ITransformer>();
        foreach (var column in columns)
        {
            weighted = weighted
                .Append(context.Transforms.Conversion.MapValueToKey(column))
                .Append(context.Transforms.Text.ProduceNgrams(
                    column, ngramLength: column == nameof(Row.Words) ? 2 : 1, useAllLengths: true, maximumNgramsCount: mostWeights / (3 * labelCount), weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
                .Append(context.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(column, count: train.Count < ManyRows ? 1 : 2))
                .Append<ITransformer>(context.Transforms.NormalizeLpNorm(column));
        }

        return weighted.Append<ITransformer>(context.Transforms.Concatenate(nameof(Features), columns));
    }

    private static long CharactersOf(IReadOnlyList<LabelledText> rows) => rows.Sum(row => (long)row.Text.Length);

    private static SdcaMaximumEntropyMulticlassTrainer Trainer(MLContext context, IReadOnlyList<LabelledText> train, int labelCount)
    {
        var visited = (double)labelCount * CharactersOf(train);
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

    private sealed class Row(LabelledText row)
    {
        public string[] Words { get; } = [.. TfidfBaseline.Words().Matches(row.Text.ToLowerInvariant()).Select(word => word.Value)];

        /// <summary>Runs of three and four characters of the words, each with a space before and after it, so that beginnings and ends are told apart.</summary>
        public string[] Parts => [.. Words.Select(word => $" {word} ").SelectMany(word => Runs(word, 3).Concat(Runs(word, 4)))];

        public uint Label => (uint)row.Label;

        private static IEnumerable<string> Runs(string word, int length) => Enumerable.Range(0, Math.Max(0, word.Length - length + 1)).Select(start => word.Substring(start, length));
    }
}
