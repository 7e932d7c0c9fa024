using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Inference;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TextClassification;

/// <summary>One label for each text, or pair of texts: cross entropy over the labels.</summary>
internal sealed class TextClassificationTask : SequenceTask<LabelledText, EncodedText>
{
    /// <summary>What can be done for the task.</summary>
    public static readonly TaskDefinition<LabelledText> Definition = new((plan, report) => new TextClassificationTask(plan, ClassificationDataReader.Read(plan, report)), ClassificationDataReader.ReadTest, (model, _) => Open(model));

    private readonly int[] expected;

    /// <summary>A task with its rows.</summary>
    /// <exception cref="FineTuneException">FT4002: <c>BestMetric</c> names a label that the data do not have.</exception>
    public TextClassificationTask(TrainingPlan plan, ClassificationData data)
        : base(plan, data)
    {
        expected = [.. data.Validation.Select(row => row.Label)];
        BestMetricLabels.Require(plan, Labels);
    }

    /// <inheritdoc/>
    public override string ProblemType => "single_label_classification";

    /// <inheritdoc/>
    public override TaskObjective<EncodedText> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedText> training, Action<Diagnostic> warn)
        => new ClassificationObjective(model, device, dropout, Plan.LabelSmoothing, ClassWeightsOf(training), new LabelErrorWatch(Rows.Train, Labels, warn));

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedText> training)
        => ClassificationObjective.ChanceLoss(CountLabels(training), Plan.LabelSmoothing, ClassWeightsOf(training));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => ClassificationEvaluation.Compute(expected, validationOutputs, Labels, intervals: false).Metrics;

    /// <inheritdoc/>
    public override IEnumerable<ITrainingObserver> CreateWatches(BestEvaluation best, Action<Diagnostic> warn) => [new UnpredictedLabelWatch(Plan, Labels, expected, best, warn)];

    /// <inheritdoc/>
    protected override EncodedText Encode(EncodedInput input, LabelledText row, int index) => new(input.Ids, row.Label, index, input.SegmentIds);

    /// <inheritdoc/>
    protected override IExportedModel<LabelledText> OpenExported(string packageFile) => Open(packageFile);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<LabelledText> exported, IReadOnlyList<LabelledText> rows, CancellationToken cancellation)
        => BaselineComparison.MeasureAll(Joined(Rows.Train), Joined(rows), Labels.Count, cancellation);

    private static LabelledText[] Joined(IReadOnlyList<LabelledText> rows) => [.. rows.Select(row => row with { Text = WordsOf(row), Pair = null })];

    private IReadOnlyList<double>? ClassWeightsOf(IReadOnlyList<EncodedText> training)
        => Plan.ClassWeights == ClassWeights.Balanced ? ClassificationObjective.BalancedWeights(CountLabels(training)) : null;

    private int[] CountLabels(IReadOnlyList<EncodedText> training)
    {
        var counts = new int[Labels.Count];
        foreach (var row in training)
        {
            counts[row.Label]++;
        }

        return counts;
    }

    private static Exported Open(string model) => new(TextClassifier.Load(model));

    private sealed class Exported(TextClassifier classifier) : IExportedModel<LabelledText>
    {
        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<LabelledText> rows)
            => (rows[0].Pair is null ? classifier.Predict(rows.Select(row => row.Text)) : classifier.Predict(rows.Select(row => (row.Text, row.Pair!)))).Select(prediction => prediction.Logits);

        public TaskResult Judge(IReadOnlyList<LabelledText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
        {
            var result = ClassificationEvaluation.Compute([.. rows.Select(row => row.Label)], outputs, classifier.Labels);
            return new(result.Metrics, result.Intervals, result.ConfusionMatrix);
        }

        public void Dispose() => classifier.Dispose();
    }
}
