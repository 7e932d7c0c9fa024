using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TextClassification;

/// <summary>One label for each text, or pair of texts: cross entropy over the labels.</summary>
internal sealed class TextClassificationTask : TrainingTask<LabelledText, EncodedText>
{
    private readonly int[] expected;

    /// <summary>A task with its rows.</summary>
    /// <exception cref="FineTuneException">FT4002: <c>BestMetric</c> names a label that the data do not have.</exception>
    public TextClassificationTask(TrainingPlan plan, ClassificationData data)
        : base(plan, data)
    {
        Labels = data.Labels;
        expected = [.. data.Validation.Select(row => row.Label)];
        RequireLabelOfBestMetric();
    }

    /// <inheritdoc/>
    public override HeadKind Head => HeadKind.Sequence;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override string ProblemType => "single_label_classification";

    /// <inheritdoc/>
    public override int CountTokens(TextTokenizer tokenizer, LabelledText row) => tokenizer.CountTokens(row.Text);

    /// <inheritdoc/>
    public override EncodedText Encode(TextTokenizer tokenizer, LabelledText row, int index, int maxLength) => new(tokenizer.Encode(row.Text, maxLength), row.Label, index);

    /// <inheritdoc/>
    public override TaskObjective<EncodedText> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedText> training, Action<Diagnostic> warn)
        => new ClassificationObjective(model, device, dropout, Plan.LabelSmoothing, ClassWeightsOf(training), new LabelErrorWatch(Rows.Train, Labels, warn));

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedText> training)
        => ClassificationObjective.ChanceLoss([.. Enumerable.Range(0, Labels.Count).Select(label => training.Count(row => row.Label == label))], Plan.LabelSmoothing, ClassWeightsOf(training));

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => ClassificationEvaluation.Compute(expected, validationOutputs, Labels, intervals: false).Metrics;

    /// <inheritdoc/>
    public override IEnumerable<ITrainingObserver> CreateWatches(BestEvaluation best, Action<Diagnostic> warn) => [new UnpredictedLabelWatch(Plan, Labels, expected, best, warn)];

    /// <inheritdoc/>
    protected override IExportedModel<LabelledText> OpenExported(string packageFile) => new Exported(TextClassifier.Load(packageFile));

    /// <inheritdoc/>
    protected override TaskResult Judge(IReadOnlyList<LabelledText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
    {
        var result = ClassificationEvaluation.Compute([.. rows.Select(row => row.Label)], outputs, Labels);
        return new(result.Metrics, result.Intervals, result.ConfusionMatrix);
    }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IReadOnlyList<LabelledText> rows, CancellationToken cancellation)
        => BaselineComparison.MeasureAll(Rows.Train, rows, Labels.Count, cancellation);

    /// <inheritdoc/>
    protected override SourceLocation OriginOf(LabelledText row) => row.Origin;

    private IReadOnlyList<double>? ClassWeightsOf(IReadOnlyList<EncodedText> training)
        => Plan.ClassWeights == ClassWeights.Balanced ? ClassificationObjective.BalancedWeights(training, Labels.Count) : null;

    /// <summary>A metric of a label that does not exist would only be missed at the first evaluation.</summary>
    private void RequireLabelOfBestMetric()
    {
        var bracket = Plan.BestMetric.IndexOf('[', StringComparison.Ordinal);
        if (bracket > 0 && Plan.BestMetric[(bracket + 1)..^1] is var label && !Labels.Contains(label))
        {
            throw new FineTuneException("FT4002", $"BestMetric '{Plan.BestMetric}' names a label that the data do not have. The labels are {NearestName.List([.. Labels])}.{NearestName.Hint(label, Labels)}", Plan.Origin);
        }
    }

    private sealed class Exported(TextClassifier classifier) : IExportedModel<LabelledText>
    {
        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<LabelledText> rows) => classifier.Predict(rows.Select(row => row.Text)).Select(prediction => prediction.Logits);

        public void Dispose() => classifier.Dispose();
    }
}
