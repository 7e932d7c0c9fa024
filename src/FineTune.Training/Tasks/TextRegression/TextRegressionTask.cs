using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Inference;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.TextRegression;

/// <summary>A number for each text, or pair of texts.</summary>
/// <param name="plan">The resolved options.</param>
/// <param name="data">The rows.</param>
internal sealed class TextRegressionTask(TrainingPlan plan, TaskData<ScoredText> data) : SequenceTask<ScoredText, EncodedScore>(plan, data)
{
    /// <summary>What can be done for the task.</summary>
    public static readonly TaskDefinition<ScoredText> Definition = new((plan, report) => new TextRegressionTask(plan, RegressionDataReader.Read(plan, report)), RegressionDataReader.ReadTest, (model, _) => Open(model));

    private readonly double[] expected = [.. data.Validation.Select(row => row.Score)];
    private readonly ScoreScale scale = ScoreScale.Of(data.Train);

    /// <inheritdoc/>
    public override string ProblemType => "regression";

    /// <inheritdoc/>
    public override int OutputCount(EncoderConfig config) => 1;

    /// <inheritdoc/>
    public override TaskObjective<EncodedScore> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedScore> training, Action<Diagnostic> warn)
        => new RegressionObjective(model, device, dropout);

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedScore> training)
    {
        var mean = training.Average(row => row.Score);
        return training.Average(row => (row.Score - mean) * (row.Score - mean));
    }

    /// <inheritdoc/>
    public override Tensor SelectOutputs(Tensor outputs, IReadOnlyList<EncodedScore> batch) => (outputs * scale.Deviation) + scale.Mean;

    /// <inheritdoc/>
    public override IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> Finish(IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights) => scale.Fold(weights);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs)
        => RegressionEvaluation.Compute(expected, Numbers(validationOutputs), intervals: false).Metrics;

    /// <inheritdoc/>
    protected override EncodedScore Encode(EncodedInput input, ScoredText row, int index) => new(input.Ids, scale.ToModel(row.Score), index, input.SegmentIds);

    /// <inheritdoc/>
    protected override IExportedModel<ScoredText> OpenExported(string packageFile) => Open(packageFile);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<ScoredText> exported, IReadOnlyList<ScoredText> rows, CancellationToken cancellation)
        => RegressionBaselines.MeasureAll(Answered(Rows.Train), Answered(rows), cancellation);

    private static double[] Numbers(IReadOnlyList<IReadOnlyList<float>> outputs) => [.. outputs.Select(output => (double)output[0])];

    private static (string, double)[] Answered(IReadOnlyList<ScoredText> rows) => [.. rows.Select(row => (WordsOf(row), row.Score))];

    private static Exported Open(string model) => new(TextRegressor.Load(model));

    private sealed class Exported(TextRegressor regressor) : IExportedModel<ScoredText>
    {
        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<ScoredText> rows)
            => (rows[0].Pair is null ? regressor.Predict(rows.Select(row => row.Text)) : regressor.Predict(rows.Select(row => (row.Text, row.Pair!)))).Select(prediction => (IReadOnlyList<float>)[(float)prediction.Value]);

        public TaskResult Judge(IReadOnlyList<ScoredText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
        {
            var result = RegressionEvaluation.Compute([.. rows.Select(row => row.Score)], Numbers(outputs));
            return new(result.Metrics, result.Intervals, []);
        }

        public void Dispose() => regressor.Dispose();
    }
}
