using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Words;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks.MaskedLanguageModeling;

/// <summary>Goes on with a base model's pretraining on texts of a field: hidden tokens are guessed. Long texts are divided.</summary>
/// <param name="plan">The resolved options.</param>
/// <param name="data">The rows.</param>
internal sealed class MaskedLanguageModelingTask(TrainingPlan plan, TaskData<PlainText> data) : TrainingTask<PlainText, EncodedMaskedText>(plan, data)
{
    /// <summary>What can be done for the task.</summary>
    public static readonly TaskDefinition<PlainText> Definition = new((plan, report) => new MaskedLanguageModelingTask(plan, PlainTextDataReader.Read(plan, report)), PlainTextDataReader.ReadTest, Open);

    /// <inheritdoc/>
    public override HeadKind Head => HeadKind.MaskedLanguage;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public override bool CutsLongTexts => false;

    /// <summary>Other tokens are hidden each time; those of validation rows stay.</summary>
    public override bool TrainsOnFixedTokens => false;

    /// <inheritdoc/>
    public override int OutputCount(EncoderConfig config) => config.VocabularySize;

    /// <inheritdoc/>
    public override double KeptValuesOfToken(EncoderConfig config) => 3 * Plan.MaskingRate * config.VocabularySize; // logits, probabilities, gradients

    /// <inheritdoc/>
    public override int CountTokens(TextTokenizer tokenizer, PlainText row) => tokenizer.CountTokens(row.Text);

    /// <inheritdoc/>
    public override IEnumerable<EncodedMaskedText> Encode(TextTokenizer tokenizer, PlainText row, int index, int maxLength)
        => new TokenMasking(tokenizer, Plan).HideForEvaluation(row.Text, index, maxLength, Plan.Seed);

    /// <inheritdoc/>
    public override TaskObjective<EncodedMaskedText> CreateObjective(TransformerModel model, Device device, Dropout dropout, IReadOnlyList<EncodedMaskedText> training, Action<Diagnostic> warn)
        => new MaskedLanguageObjective(model, device, dropout, new RandomStream(Plan.Seed, "masks"));

    /// <inheritdoc/>
    public override double ChanceLoss(IReadOnlyList<EncodedMaskedText> training)
    {
        double[] counts = [.. MaskableTokens(training.Select(row => row.Source)).CountBy(token => token).Select(pair => (double)pair.Value)];
        var total = counts.Sum();
        return counts.Sum(count => count / total * Math.Log(total / count));
    }

    /// <summary>For each hidden token the logarithm of the right token's probability, and that of the likeliest one's: all that the metrics need.</summary>
    public override Tensor SelectOutputs(Tensor outputs, IReadOnlyList<EncodedMaskedText> batch)
    {
        var targets = tensor(batch.SelectMany(row => row.Targets).Select(target => (long)target).ToArray(), device: outputs.device); // [hidden tokens]
        var logarithms = outputs.log_softmax(-1);                                                                             // [hidden tokens, vocabulary]
        return cat([logarithms.gather(1, targets.unsqueeze(1)), logarithms.amax([1L], keepdim: true)], 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measure(IReadOnlyList<IReadOnlyList<float>> validationOutputs) => Judged(validationOutputs).Compute(intervals: false).Metrics;

    /// <inheritdoc/>
    protected override IExportedModel<PlainText> OpenExported(string packageFile) => Open(packageFile, Plan);

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> MeasureBaselines(IExportedModel<PlainText> exported, IReadOnlyList<PlainText> rows, CancellationToken cancellation)
    {
        var model = (Exported)exported;
        return MaskedLanguageBaselines.MeasureAll(
            MaskableTokens(Rows.Train.SelectMany(row => model.Masking.Divide(row.Text, int.MaxValue))),
            [.. rows.SelectMany(row => model.Hide(row)).SelectMany(part => part.Targets)],
            model.VocabularySize);
    }

    /// <inheritdoc/>
    protected override SourceLocation OriginOf(PlainText row) => row.Origin;

    private static IEnumerable<int> MaskableTokens(IEnumerable<MaskableText> texts) => texts.SelectMany(text => text.Tokens.Where((_, place) => text.Words[place] >= 0));

    private static MaskedLanguageEvaluation Judged(IReadOnlyList<IReadOnlyList<float>> outputs)
    {
        var evaluation = new MaskedLanguageEvaluation();
        for (var row = 0; row < outputs.Count; row++)
        {
            ModelOutput.Check(outputs[row], outputs[row].Count, row);
            var tokens = outputs[row].Chunk(2).ToList();
            evaluation.Add(tokens.Count, tokens.Count(token => token[0] >= token[1]), -tokens.Sum(token => (double)token[0]));
        }

        return outputs.Any(row => row.Count > 0)
            ? evaluation
            : throw new FineTuneException("FT1012", "No token of the texts that judge the model can be hidden: the base model's tokenizer finds none in them. Check the data, or take a base model for their language.");
    }

    private static Exported Open(string model, TrainingPlan plan) => new(MaskedLanguageModel.Load(model), plan);

    private sealed class Exported(MaskedLanguageModel model, TrainingPlan plan) : IExportedModel<PlainText>
    {
        public TokenMasking Masking { get; } = new(model.Tokenizer, plan);

        public int VocabularySize => model.Tokenizer.VocabularySize;

        public IEnumerable<EncodedMaskedText> Hide(PlainText row) => Masking.HideForEvaluation(row.Text, row: 0, model.MaxLength, plan.Seed);

        public IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<PlainText> rows)
        {
            var parts = rows.Select(row => Hide(row).ToList()).ToList();
            var all = parts.SelectMany(row => row).ToList();
            var outputs = model.Run([.. all.Select(part => new WordWindow(part.Tokens, part.Wanted))], (input, wanted, logits) => Probabilities(logits, all[input].Targets[wanted]));
            var next = 0;
            return [.. parts.Select(row => (IReadOnlyList<float>)[.. row.SelectMany(_ => outputs[next++]).SelectMany(pair => pair)])];
        }

        public TaskResult Judge(IReadOnlyList<PlainText> rows, IReadOnlyList<IReadOnlyList<float>> outputs)
        {
            var result = Judged(outputs).Compute();
            return new(result.Metrics, result.Intervals, []);
        }

        public void Dispose() => model.Dispose();

        private static float[] Probabilities(ReadOnlySpan<float> logits, int target)
        {
            var logSum = Softmax.LogSum(logits);
            var highest = logits[0];
            foreach (var logit in logits)
            {
                highest = Math.Max(highest, logit);
            }

            return [(float)(logits[target] - logSum), (float)(highest - logSum)];
        }
    }
}
