using System.Text.RegularExpressions;
using FineTune.Training.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Texts as vectors: words, pairs of neighbouring words, and parts of words, weighted by TF-IDF and scaled to length 1.</summary>
internal static partial class TfidfFeatures
{
    /// <summary>The column of the vectors.</summary>
    public const string Column = "Features";

    /// <summary>The seed of the library and of the order of the rows.</summary>
    public const int Seed = 42;

    /// <summary>Bounds outputs × n-grams, and with them the memory.</summary>
    public const int MostWeights = 40_000_000;

    private const int MostIterations = 20;
    private const int FewestIterations = 5;

    /// <summary>Characters × outputs that all iterations together may visit; some thirty seconds.</summary>
    private const double Work = 4e9;

    /// <summary>From so many rows on, what occurs in a single row is left out: most pairs of words, and none that generalizes.</summary>
    private const int ManyRows = 1000;

    /// <summary>Up to so many characters, parts of words are used too; they cost most of the time, and help least where there is much to learn from.</summary>
    private const long FewCharacters = 5_000_000;

    private const string WrittenWithoutSpaces = @"\p{IsCJKUnifiedIdeographs}\p{IsCJKUnifiedIdeographsExtensionA}\p{IsHiragana}\p{IsKatakana}\p{IsThai}\p{IsLao}\p{IsKhmer}\p{IsMyanmar}";

    /// <summary>How to make the vectors of rows that have a <see cref="Row"/>'s columns.</summary>
    /// <param name="context">The library.</param>
    /// <param name="texts">The texts to learn from.</param>
    /// <param name="outputCount">How many weights each n-gram will have.</param>
    /// <param name="mostWeights">Bounds outputs × n-grams.</param>
    public static EstimatorChain<ITransformer> Estimator(MLContext context, IReadOnlyCollection<string> texts, int outputCount, int mostWeights = MostWeights)
    {
        string[] columns = CharactersOf(texts) > FewCharacters ? [nameof(Row.Words)] : [nameof(Row.Words), nameof(Row.Parts)];
        var weighted = new EstimatorChain<ITransformer>();
        foreach (var column in columns)
        {
            weighted = weighted
                .Append(context.Transforms.Conversion.MapValueToKey(column))
                .Append(context.Transforms.Text.ProduceNgrams(
                    column, ngramLength: column == nameof(Row.Words) ? 2 : 1, useAllLengths: true, maximumNgramsCount: mostWeights / (3 * outputCount), weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
                .Append(context.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(column, count: texts.Count < ManyRows ? 1 : 2))
                .Append<ITransformer>(context.Transforms.NormalizeLpNorm(column));
        }

        return weighted.Append<ITransformer>(context.Transforms.Concatenate(Column, columns));
    }

    /// <summary>How often a linear model may visit the rows.</summary>
    public static int Iterations(IReadOnlyCollection<string> texts, int outputCount)
        => (int)Math.Clamp(Work / ((double)outputCount * CharactersOf(texts)), FewestIterations, MostIterations);

    /// <summary>The library keeps the first of more n-grams than it may; in random order, the first are the most frequent.</summary>
    public static T[] Shuffled<T>(IEnumerable<T> rows)
    {
        T[] shuffled = [.. rows];
        new SplitMix64(Seed).Shuffle<T>(shuffled);
        return shuffled;
    }

    /// <summary>The vectors of texts to learn from, and of others by the words of those.</summary>
    public static (VBuffer<float>[] Train, VBuffer<float>[][] Others) Vectors(MLContext context, IReadOnlyList<string> train, int outputCount, params IReadOnlyList<string>[] others)
    {
        var rows = Load(context, train);
        var features = Estimator(context, train, outputCount).Fit(rows);
        return (Read(features.Transform(rows)), [.. others.Select(texts => Read(features.Transform(Load(context, texts))))]);
    }

    private static long CharactersOf(IEnumerable<string> texts) => texts.Sum(text => (long)text.Length);

    private static IDataView Load(MLContext context, IEnumerable<string> texts) => context.Data.LoadFromEnumerable(texts.Select(text => new Row(text)));

    private static VBuffer<float>[] Read(IDataView rows)
    {
        var vectors = new List<VBuffer<float>>();
        var column = rows.Schema[Column];
        using var cursor = rows.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        while (cursor.MoveNext())
        {
            // A new one for each row; the library would write over one that it is given.
            VBuffer<float> vector = default;
            getter(ref vector);
            vectors.Add(vector);
        }

        return [.. vectors];
    }

    // Punctuation and symbols are words too: "!", ":)" and emoji, which are two UTF-16 units, say much about a text.
    [GeneratedRegex($@"\p{{Cs}}{{2}}|[{WrittenWithoutSpaces}]|[\w-[{WrittenWithoutSpaces}]]+|[^\w\s]")]
    private static partial Regex WordPattern();

    /// <summary>A text as the library reads it.</summary>
    public class Row(string text)
    {
        public string[] Words { get; } = [.. WordPattern().Matches(text.ToLowerInvariant()).Select(word => word.Value)];

        /// <summary>Runs of three and four characters of the words, each with a space before and after it, so that beginnings and ends are told apart.</summary>
        public string[] Parts => [.. Words.Select(word => $" {word} ").SelectMany(word => Runs(word, 3).Concat(Runs(word, 4)))];

        private static IEnumerable<string> Runs(string word, int length) => Enumerable.Range(0, Math.Max(0, word.Length - length + 1)).Select(start => word.Substring(start, length));
    }
}
