using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Inference;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.MultiLabelClassification;

/// <summary>Any number of labels for each text, or pair of texts. The probability from which on a label is answered is tuned on the validation rows and ships with the model.</summary>
internal sealed class MultiLabelClassificationTask : SequenceTask<MultiLabelText, EncodedLabels>
{
    /// <summary>What can be done for the task.</summary>
    public static readonly TaskDefinition<MultiLabelText> Definition = new((plan, report) => new MultiLabelClassificationTask(plan, MultiLabelDataReader.Read(plan, report)), MultiLabelDataReader.ReadTest, (model, _) => Open(model));

    private readonly IReadOnlyList<int>[] expected;

    /// <summary>A task with its rows.</summary>
    /// <exception cref="FineTuneException">FT4002: <c>BestMetric</c> names a label that the data do not have.</exception>
    public MultiLabelClassificationTask(TrainingPlan plan, TaskData<MultiLabelText> data)
        : base(plan, data)
    {
        expected = [.. data.Validation.Select(row => row.Labels)];
        BestMetricLabels.Require(plan, Labels);
    }

    /// <inheritdoc/>
    public override string ProblemType => "multi_label_classification";

    /// <inheritdoc/>
    public override TaskObjective<EncodedLabels> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedLabels> training, Action<Diagnostic> warn)
        => new MultiLabelObjective(model, device, dropout, WeightsOf(training));

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedLabels> training) => MultiLabelObjective.ChanceLoss(training, Labels.Count, WeightsOf(training));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => MultiLabelEvaluation.Compute(expected, validationOutputs, Labels, ThresholdsFrom(validationOutputs), intervals: false).Metrics;

    /// <inheritdoc/>
    public override ModelManifest Describe(ModelManifest manifest, IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => base.Describe(manifest, validationOutputs) with { Thresholds = ThresholdsFrom(validationOutputs) };

    /// <inheritdoc/>
    protected override EncodedLabels Encode(EncodedInput input, MultiLabelText row, int index) => new(input.Ids, row.Labels, index, input.SegmentIds);

    /// <inheritdoc/>
    protected override IExportedModel<MultiLabelText> OpenExported(string packageFile) => Open(packageFile);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<MultiLabelText> exported, IReadOnlyList<MultiLabelText> rows, CancellationToken cancellation)
        => MultiLabelBaselines.MeasureAll(Answered(Rows.Train), Answered(Rows.Validation), Answered(rows), Labels, cancellation);

    private static (string, IReadOnlyList<int>)[] Answered(IReadOnlyList<MultiLabelText> rows) => [.. rows.Select(row => (WordsOf(row), row.Labels))];

    private IReadOnlyList<double> ThresholdsFrom(IReadOnlyList<IReadOnlyList<float>> validationOutputs) => LabelThresholds.Tune(expected, validationOutputs, Labels.Count);

    private AnswerWeights? WeightsOf(IReadOnlyList<EncodedLabels> training) => Plan.ClassWeights == ClassWeights.Balanced ? AnswerWeights.Balanced(training, Labels.Count) : null;

    private static Exported Open(string model) => new(MultiLabelClassifier.Load(model));

    private sealed class Exported(MultiLabelClassifier classifier) : IExportedModel<MultiLabelText>
    {
        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<MultiLabelText> rows)
            => (rows[0].Pair is null ? classifier.Predict(rows.Select(row => row.Text)) : classifier.Predict(rows.Select(row => (row.Text, row.Pair!)))).Select(prediction => prediction.Logits);

        public TaskResult Judge(IReadOnlyList<MultiLabelText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
        {
            var result = MultiLabelEvaluation.Compute([.. rows.Select(row => row.Labels)], outputs, classifier.Labels, classifier.Thresholds);
            return new(result.Metrics, result.Intervals, []);
        }

        public void Dispose() => classifier.Dispose();
    }
}
