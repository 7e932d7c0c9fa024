using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// MPNet (Song et al., 2020): RoBERTa's positions and heads without segments, and T5's relative positions (Raffel et al., 2020) in every layer's attention, from one table
/// that all layers share.
/// </summary>
internal sealed class MPNet : Architecture
{
    /// <summary>Rows of the table of relative positions that the formula uses, whatever <c>relative_attention_num_buckets</c> says.</summary>
    public const int BucketCount = 32;

    private const int MaxDistance = 128;

    // Hugging Face's class has the number 1 in its code, not pad_token_id.
    private const int FirstPosition = 2;

    private const string Embeddings = "mpnet.embeddings";
    private const string RelativePositions = "mpnet.encoder.relative_attention_bias";

    private readonly int relativeRows;
    private readonly int[] bucketOfDistance;

    private MPNet(EncoderConfig config, int relativeRows)
        : base(config)
    {
        this.relativeRows = relativeRows;
        bucketOfDistance = [.. Enumerable.Range(1 - config.MaxPositions, (2 * config.MaxPositions) - 1).Select(BucketOf)];
    }

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>mpnet</c>.</summary>
    public static MPNet Read(ConfigKeys keys)
        => new(
            (EncoderConfig.Read(keys, defaultPadding: 1) with { SegmentCount = 0, ClassifierDropout = null }).WithFirstPosition(FirstPosition, keys),
            keys.Count("relative_attention_num_buckets", BucketCount, minimum: BucketCount));

    /// <inheritdoc/>
    public override string ClassPrefix => "MPNet";

    /// <inheritdoc/>
    public override string WeightPrefix => "mpnet.";

    /// <inheritdoc/>
    public override int KeptForWeight => 3;

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new MPNet(config, relativeRows);

    /// <summary>The row of a distance: one each for short ones, shared by ever more for long ones; the upper half is for tokens on the right.</summary>
    /// <param name="distance">From the token that asks to the one that is looked at; negative to the left.</param>
    public static int BucketOf(int distance)
    {
        const int half = BucketCount / 2;
        const int exact = half / 2;
        var side = distance > 0 ? half : 0;
        var length = Math.Abs(distance);

        // In 32-bit floats, as in the pretraining: at the edges of the buckets one rounding decides.
        return side + (length < exact ? length : Math.Min(half - 1, exact + (int)(MathF.Log((float)length / exact) / (float)Math.Log((double)MaxDistance / exact) * (half - exact))));
    }

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, Config.HiddenSize),
        Embedding($"{Embeddings}.position_embeddings", Config.FirstPosition + Config.MaxPositions, Config.HiddenSize),
        .. Normalization($"{Embeddings}.LayerNorm", Config.HiddenSize),
        Embedding(RelativePositions, relativeRows, Config.HeadCount),
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => LayerParameters(LayerName(i))),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => RobertaHeads.Parameters(head, outputs, Config);

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.output.dense.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds);              // [rows, tokens, hidden]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", Config.FirstPosition);  // [tokens, hidden]
        var sum = operations.Flatten(operations.Add(words, positions));                                          // [rows × tokens, hidden]
        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    /// <inheritdoc/>
    protected override T EmbedDistances<T>(IModelOperations<T> operations) => DistanceBias(operations, firstTokenOnly: false);

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
    {
        var name = LayerName(layer);
        var input = operations.Queries(hidden, read);                                                            // [rows × queries, hidden]
        var context = operations.Attend(
            operations.SplitHeads(operations.Linear($"{name}.attention.attn.q", input), Config.HeadCount),
            operations.SplitHeads(operations.Linear($"{name}.attention.attn.k", hidden), Config.HeadCount),
            operations.SplitHeads(operations.Linear($"{name}.attention.attn.v", hidden), Config.HeadCount),
            1 / Math.Sqrt(Config.HeadSize),
            Config.AttentionDropout,
            read == LayerTokens.First ? DistanceBias(operations, firstTokenOnly: true) : distances);
        var projected = operations.Drop(operations.Linear($"{name}.attention.attn.o", operations.Read(context, read)), Config.HiddenDropout);
        var attended = operations.Normalize($"{name}.attention.LayerNorm", operations.Add(projected, operations.Read(input, read)), Config.LayerNormEpsilon);

        var inner = operations.Activate(Config.HiddenActivation, operations.Linear($"{name}.intermediate.dense", attended)); // [rows × queries, intermediate]
        var output = operations.Drop(operations.Linear($"{name}.output.dense", inner), Config.HiddenDropout);
        return operations.Normalize($"{name}.output.LayerNorm", operations.Add(output, attended), Config.LayerNormEpsilon);
    }

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden) => RobertaHeads.ClassifySequences(operations, Config, hidden);

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => RobertaHeads.ClassifyTokens(operations, Config, hidden);

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
        => RobertaHeads.PredictTokens(operations, Config, $"{Embeddings}.word_embeddings.weight", hidden);

    /// <summary>What all layers add to their scores. [1, heads, queries, tokens]</summary>
    private T DistanceBias<T>(IModelOperations<T> operations, bool firstTokenOnly)
        where T : class
        => operations.BiasByDistance($"{RelativePositions}.weight", bucketOfDistance, firstTokenOnly);

    private IEnumerable<ParameterDefinition> LayerParameters(string name) =>
    [
        .. Linear($"{name}.attention.attn.q", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.attn.k", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.attn.v", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.attn.o", Config.HiddenSize, Config.HiddenSize),
        .. Normalization($"{name}.attention.LayerNorm", Config.HiddenSize),
        .. Linear($"{name}.intermediate.dense", Config.IntermediateSize, Config.HiddenSize),
        .. Linear($"{name}.output.dense", Config.HiddenSize, Config.IntermediateSize),
        .. Normalization($"{name}.output.LayerNorm", Config.HiddenSize),
    ];

    private static string LayerName(int index) => $"mpnet.encoder.layer.{index}";
}
