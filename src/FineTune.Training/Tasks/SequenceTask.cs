using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Inference;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Data;
using FineTune.Training.Models;
using FineTune.Training.Training;

namespace FineTune.Training.Tasks;

/// <summary>What the tasks with one answer for each text, or pair of texts, have in common.</summary>
/// <typeparam name="TData">A row of the data.</typeparam>
/// <typeparam name="TRow">A row as the model sees it.</typeparam>
/// <param name="plan">The resolved options.</param>
/// <param name="rows">The rows.</param>
internal abstract class SequenceTask<TData, TRow>(TrainingPlan plan, TaskData<TData> rows) : TrainingTask<TData, TRow>(plan, rows)
    where TData : ITextRow
    where TRow : EncodedRow
{
    /// <inheritdoc/>
    public override HeadKind Head => HeadKind.Sequence;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Labels { get; } = rows.Labels;

    /// <inheritdoc/>
    public override bool HasPairs => Plan.TextPairColumn is not null;

    /// <inheritdoc/>
    public override int CountTokens(TextTokenizer tokenizer, TData row) => row.Pair is null ? tokenizer.CountTokens(row.Text) : tokenizer.CountTokens(row.Text, row.Pair);

    /// <inheritdoc/>
    public override IEnumerable<TRow> Encode(TextTokenizer tokenizer, TData row, int index, int maxLength)
    {
        if (row.Pair is null)
        {
            return [Encode(new EncodedInput(tokenizer.Encode(row.Text, maxLength)), row, index)];
        }

        var (ids, segmentIds) = tokenizer.EncodePair(row.Text, row.Pair, maxLength);
        return [Encode(new EncodedInput(ids, segmentIds), row, index)];
    }

    /// <summary>A row as the model sees it.</summary>
    /// <param name="input">Its text or texts as token ids.</param>
    /// <param name="row">The row.</param>
    /// <param name="index">Its place among the rows to learn from, or to validate.</param>
    protected abstract TRow Encode(EncodedInput input, TData row, int index);

    /// <inheritdoc/>
    public override ModelManifest Describe(ModelManifest manifest, IReadOnlyList<IReadOnlyList<float>> validationOutputs) => manifest with { HasPairs = HasPairs };

    /// <inheritdoc/>
    protected override SourceLocation OriginOf(TData row) => row.Origin;

    /// <summary>The text, or both texts of a pair, for baselines, which do not tell them apart.</summary>
    protected static string WordsOf(TData row) => row.Pair is null ? row.Text : $"{row.Text} {row.Pair}";
}
