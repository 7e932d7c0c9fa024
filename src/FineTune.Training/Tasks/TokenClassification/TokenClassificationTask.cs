using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Words;
using FineTune.Training.Data.Tokens;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using FineTune.Training.Tasks.TextClassification;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TokenClassification;

/// <summary>A tag for each word, by its first token: entities. Long texts are read in overlapping windows, in training and in the app, so that no word is without an answer.</summary>
internal sealed class TokenClassificationTask : TrainingTask<TaggedText, EncodedTokens>
{
    /// <summary>What can be done for the task.</summary>
    public static readonly TaskDefinition<TaggedText> Definition = new((plan, report) => new TokenClassificationTask(plan, TokenDataReader.Read(plan, report)), TokenDataReader.ReadTest, (model, _) => Open(model));

    private readonly IReadOnlyList<int>[] expected;

    /// <summary>A task with its rows.</summary>
    /// <exception cref="FineTuneException">FT4002: <c>BestMetric</c> names a type that the data do not have.</exception>
    public TokenClassificationTask(TrainingPlan plan, TokenData data)
        : base(plan, data)
    {
        Labels = data.Labels;
        Names = data.EntityTypes;
        expected = [.. data.Validation.Select(row => row.Tags)];
        BestMetricLabels.Require(plan, data.EntityTypes);
    }

    /// <inheritdoc/>
    public override HeadKind Head => HeadKind.Token;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public override bool CutsLongTexts => false;

    /// <inheritdoc/>
    public override int CountTokens(TextTokenizer tokenizer, TaggedText row) => tokenizer.CountTokens(row.Text);

    /// <inheritdoc/>
    public override IEnumerable<EncodedTokens> Encode(TextTokenizer tokenizer, TaggedText row, int index, int maxLength)
    {
        var word = 0;
        foreach (var window in WordWindows.Of(tokenizer, row.Text, row.Words, maxLength))
        {
            var tags = row.Tags.Skip(word).Take(window.Wanted.Length).ToArray();
            word += tags.Length;
            yield return new EncodedTokens(window.Ids, window.Wanted, tags, index);
        }
    }

    /// <inheritdoc/>
    public override TaskObjective<EncodedTokens> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedTokens> training, Action<Diagnostic> warn)
        => new TokenObjective(model, device, dropout, Plan.LabelSmoothing, WeightsOf(CountTags(training)));

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedTokens> training)
    {
        var counts = CountTags(training);
        return ClassificationObjective.ChanceLoss(counts, Plan.LabelSmoothing, WeightsOf(counts));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => TokenEvaluation.Compute(expected, ByWord(validationOutputs, Labels.Count), Labels, intervals: false).Metrics;

    /// <inheritdoc/>
    protected override IExportedModel<TaggedText> OpenExported(string packageFile) => Open(packageFile);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<TaggedText> exported, IReadOnlyList<TaggedText> rows, CancellationToken cancellation)
        => TokenBaselines.MeasureAll(Tagged(Rows.Train), Tagged(rows), Labels, cancellation);

    /// <inheritdoc/>
    protected override SourceLocation OriginOf(TaggedText row) => row.Origin;

    private static (IReadOnlyList<string>, IReadOnlyList<int>)[] Tagged(IReadOnlyList<TaggedText> rows)
        => [.. rows.Select(row => ((IReadOnlyList<string>)[.. row.Words.Select(word => row.Text[word.Start..word.End])], row.Tags))];

    private static IReadOnlyList<IReadOnlyList<IReadOnlyList<float>>> ByWord(IReadOnlyList<IReadOnlyList<float>> outputs, int tagCount)
        => [.. outputs.Select(row => (IReadOnlyList<IReadOnlyList<float>>)[.. row.Chunk(tagCount)])];

    private int[] CountTags(IReadOnlyList<EncodedTokens> training)
    {
        var counts = new int[Labels.Count];
        foreach (var tag in training.SelectMany(row => row.Tags))
        {
            counts[tag]++;
        }

        return counts;
    }

    private IReadOnlyList<double>? WeightsOf(int[] counts) => Plan.ClassWeights == ClassWeights.Balanced ? ClassificationObjective.BalancedWeights(counts) : null;

    private static Exported Open(string model) => new(TokenClassifier.Load(model));

    private sealed class Exported(TokenClassifier classifier) : IExportedModel<TaggedText>
    {
        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<TaggedText> rows) => classifier.Run([.. rows.Select(row => (row.Text, row.Words))]);

        public TaskResult Judge(IReadOnlyList<TaggedText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
        {
            var result = TokenEvaluation.Compute([.. rows.Select(row => row.Tags)], ByWord(outputs, classifier.Tags.Count), classifier.Tags);
            return new(result.Metrics, result.Intervals, []);
        }

        public void Dispose() => classifier.Dispose();
    }
}
