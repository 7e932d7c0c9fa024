using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Pipeline;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks;

/// <summary>What tasks have in common: rows are encoded, trained on, and judged through the exported model.</summary>
/// <typeparam name="TData">A row of the data.</typeparam>
/// <typeparam name="TRow">A row as the model sees it.</typeparam>
/// <param name="plan">The resolved options.</param>
/// <param name="rows">The rows.</param>
internal abstract class TrainingTask<TData, TRow>(TrainingPlan plan, TaskData<TData> rows) : ITrainingTask
    where TRow : EncodedRow
{
    private const string Evaluating = "evaluating the exported model";
    private const int RowsBetweenReports = 512;

    /// <inheritdoc/>
    public abstract HeadKind Head { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Names => Labels;

    /// <inheritdoc/>
    public virtual string? ProblemType => null;

    /// <inheritdoc/>
    public virtual bool HasPairs => false;

    /// <summary>The resolved options.</summary>
    public TrainingPlan Plan { get; } = plan;

    /// <summary>The rows.</summary>
    public TaskData<TData> Rows { get; } = rows;

    /// <inheritdoc/>
    public virtual int OutputCount(EncoderConfig config) => Labels.Count;

    /// <inheritdoc/>
    public TrainedModel Train(TrainingContext context) => TaskTraining.Run(this, context);

    /// <inheritdoc/>
    public virtual ModelManifest Describe(ModelManifest manifest, IReadOnlyList<IReadOnlyList<float>> validationOutputs) => manifest;

    /// <inheritdoc/>
    public TaskEvaluation Evaluate(string packageFile, string? float32PackageFile, IReadOnlyList<IReadOnlyList<float>> validationOutputs, PhaseProgress progress, CancellationToken cancellation)
    {
        progress.Begin(Evaluating, end: 0.99);
        using var exported = OpenExported(packageFile);
        using var float32 = float32PackageFile is null ? null : OpenExported(float32PackageFile);
        var (evaluatedOn, judged) = Rows.Test.Count > 0 ? ("test", Rows.Test) : ("validation", Rows.Validation);
        double total = Rows.Validation.Count + Rows.Test.Count + (float32 is null ? 0 : judged.Count);
        var done = 0;
        var exact = float32 ?? exported;
        var ofValidation = Run(exact, Rows.Validation);
        if (validationOutputs.Count > 0 && (float32 is not null || Plan.Quantize == Quantization.None))
        {
            ExportParity.Check(validationOutputs, ofValidation, [.. Rows.Validation.Select(OriginOf)]);
        }

        var exactOutputs = Rows.Test.Count > 0 ? Run(exact, Rows.Test) : ofValidation;
        var outputs = float32 is null ? exactOutputs : Run(exported, judged);
        var result = exported.Judge(judged, outputs);
        var effect = float32 is null ? null : new QuantizationEffect(Plan.Quantize, ExportParity.LargestDifference(exactOutputs, outputs), float32.Judge(judged, exactOutputs).Metrics);

        progress.Begin("computing baselines", end: 1);
        var baselines = MeasureBaselines(exported, judged, cancellation);
        return new TaskEvaluation
        {
            EvaluatedOn = evaluatedOn,
            Rows = judged.Count,
            Metrics = new Dictionary<string, double>([.. result.Metrics, .. BaselineComparison.Gains(result.Metrics, baselines)]),
            Intervals = result.Intervals,
            Baselines = baselines,
            Quantization = effect,
            ConfusionMatrix = result.ConfusionMatrix,
        };

        List<IReadOnlyList<float>> Run(IExportedModel<TData> model, IReadOnlyList<TData> rows)
        {
            var all = new List<IReadOnlyList<float>>(rows.Count);
            foreach (var batch in rows.Chunk(RowsBetweenReports))
            {
                cancellation.ThrowIfCancellationRequested();
                all.AddRange(model.Outputs(batch));
                progress.Report(Evaluating, (done += batch.Length) / total);
            }

            return all;
        }
    }

    /// <summary>The values that the head keeps for each token while it learns, beside those of the encoder.</summary>
    public virtual double KeptValuesOfToken(EncoderConfig config) => 0;

    /// <summary>The number of tokens of a row, before any cut.</summary>
    public abstract int CountTokens(TextTokenizer tokenizer, TData row);

    /// <summary>Whether what is longer than the longest input is cut off; else a row becomes several inputs.</summary>
    public virtual bool CutsLongTexts => true;

    /// <summary>Whether training shows the model the same tokens of a row each time, so that what frozen layers make of them can be computed once.</summary>
    public virtual bool TrainsOnFixedTokens => true;

    /// <summary>A row as the model sees it: one input, or several where a long text is divided.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="row">The row.</param>
    /// <param name="index">Its place among the rows to learn from, or to validate.</param>
    /// <param name="maxLength">The longest input in tokens.</param>
    public abstract IEnumerable<TRow> Encode(TextTokenizer tokenizer, TData row, int index, int maxLength);

    /// <summary>What the training minimizes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Where it lies.</param>
    /// <param name="dropout">Random numbers for dropout.</param>
    /// <param name="training">The rows to learn from.</param>
    /// <param name="warn">Receives, at the end, warnings that concern the model.</param>
    public abstract TaskObjective<TRow> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<TRow> training, Action<Diagnostic> warn);

    /// <summary>The loss of the best answer that does not look at the text; a model with a higher training loss has learned nothing.</summary>
    public abstract double ChanceLoss(IReadOnlyList<TRow> training);

    /// <summary>From the outputs of a batch to the numbers that are kept of each row or wanted token.</summary>
    public virtual Tensor SelectOutputs(Tensor outputs, IReadOnlyList<TRow> batch) => outputs;

    /// <summary>The weights that ship, from those that were trained.</summary>
    /// <param name="weights">The kept weights by Hugging Face names, from the input up.</param>
    public virtual IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> Finish(IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> weights) => weights;

    /// <summary>The metrics of the validation rows, without intervals.</summary>
    public abstract IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs);

    /// <summary>Watches that only this task has.</summary>
    public virtual IEnumerable<ITrainingObserver> CreateWatches(BestEvaluation best, Action<Diagnostic> warn) => [];

    /// <summary>Opens the exported model.</summary>
    protected abstract IExportedModel<TData> OpenExported(string packageFile);

    /// <summary>What simple ways of answering reach.</summary>
    /// <param name="exported">The exported model, for its tokenizer.</param>
    /// <param name="rows">The rows that judge the model.</param>
    /// <param name="cancellation">Cancels between baselines.</param>
    protected abstract IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<TData> exported, IReadOnlyList<TData> rows, CancellationToken cancellation);

    /// <summary>Where a row stands.</summary>
    protected abstract SourceLocation OriginOf(TData row);
}
