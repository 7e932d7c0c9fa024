namespace FineTune.Training.Models;

/// <summary>
/// ModernBERT (Warner et al., 2024): pre-normalized layers with rotary positions and gated feed-forward parts, of which most see only tokens nearby. Has no segments.
/// </summary>
internal sealed class ModernBert(EncoderConfig config, ModernBertSettings settings) : Architecture(config)
{
    private const string TokenEmbeddings = "model.embeddings.tok_embeddings.weight";
    private const string EmbeddingNorm = "model.embeddings.norm";
    private const string FinalNorm = "model.final_norm";
    private const string Dense = "head.dense";
    private const string HeadNorm = "head.norm";
    private const string Classifier = "classifier";
    private const string Decoder = "decoder";

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>modernbert</c>.</summary>
    public static ModernBert Read(ConfigKeys keys)
    {
        var config = new EncoderConfig
        {
            VocabularySize = keys.Count("vocab_size"),
            HiddenSize = keys.Count("hidden_size"),
            LayerCount = keys.Count("num_hidden_layers"),
            HeadCount = keys.Count("num_attention_heads"),
            IntermediateSize = keys.Count("intermediate_size"),
            MaxPositions = keys.Count("max_position_embeddings", 8192),
            SegmentCount = 0,
            LayerNormEpsilon = keys.Number("norm_eps", 1e-5, minimum: 0, maximum: 1),
            HiddenDropout = keys.Probability("mlp_dropout", 0),
            AttentionDropout = keys.Probability("attention_dropout", 0),
            EmbeddingDropout = keys.Probability("embedding_dropout", 0),
            ClassifierDropout = keys.Probability("classifier_dropout", 0),
            InitializerRange = keys.Number("initializer_range", 0.02, minimum: 0, maximum: 10),
            HiddenActivation = keys.Activation("hidden_activation", Activations.Gelu),
            PaddingId = keys.Count("pad_token_id", 50283, minimum: 0),
        }.Checked(keys);
        keys.Require("hidden_size", config.HeadSize % 2 == 0, "heads of an even width, which rotary positions need");
        return new ModernBert(config, ModernBertSettings.Read(keys, config.LayerCount));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => "ModernBert";

    /// <inheritdoc/>
    public override string WeightPrefix => "model.";

    /// <inheritdoc/>
    public override int KeptForWeight => 3;

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new ModernBert(config, settings);

    /// <inheritdoc/>
    protected override bool ReadsFirstTokenOnly => !settings.PoolsMean;

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Weight(TokenEmbeddings, Config.VocabularySize, Config.HiddenSize, Config.InitializerRange),
        .. Normalization(EmbeddingNorm),
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(LayerParameters),
        .. Normalization(FinalNorm),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) =>
    [
        .. Linear(Dense, Config.HiddenSize, Config.HiddenSize, settings.HeadBias, OutputRange),
        .. Normalization(HeadNorm),
        .. head != HeadKind.MaskedLanguage ? Linear(Classifier, outputs, Config.HiddenSize, hasBias: true, 1 / Math.Sqrt(Config.HiddenSize))
            : settings.SharesEmbeddings ? Bias(Decoder, Config.VocabularySize, settings.DecoderBias)
            : Linear(Decoder, Config.VocabularySize, Config.HiddenSize, settings.DecoderBias, OutputRange),
    ];

    /// <inheritdoc/>
    public override string EmbeddingsPart => TokenEmbeddings;

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.mlp_norm.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var embedded = operations.Flatten(operations.Lookup(TokenEmbeddings, operations.InputIds));        // [rows × tokens, hidden]
        return operations.Drop(Normalize(operations, EmbeddingNorm, embedded), Config.EmbeddingDropout);
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
    {
        var name = LayerName(layer);
        var input = operations.Queries(hidden, read);                                                      // [rows × queries, hidden]
        var normalized = layer == 0 ? hidden : Normalize(operations, $"{name}.attn_norm", hidden);         // the embeddings are normalized already
        var attended = operations.Add(operations.Read(input, read), Attend(operations, layer, normalized, read));
        return operations.Add(attended, FeedForward(operations, name, Normalize(operations, $"{name}.mlp_norm", attended)));
    }

    /// <inheritdoc/>
    protected override T FinishEncoding<T>(IModelOperations<T> operations, T hidden) => Normalize(operations, FinalNorm, hidden);

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
        => ClassifyTokens(operations, settings.PoolsMean ? operations.MeanToken(hidden) : hidden);

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden)
        => operations.Linear(Classifier, operations.Drop(Transform(operations, hidden), Config.ClassifierDropout ?? 0));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
        => operations.Linear(settings.SharesEmbeddings ? TokenEmbeddings : $"{Decoder}.weight", settings.DecoderBias ? $"{Decoder}.bias" : null, Transform(operations, hidden));

    /// <summary>What all heads begin with.</summary>
    private T Transform<T>(IModelOperations<T> operations, T hidden)
        where T : class
        => Normalize(operations, HeadNorm, operations.Activate(settings.HeadActivation, Linear(operations, Dense, settings.HeadBias, hidden)));

    private T Attend<T>(IModelOperations<T> operations, int index, T input, LayerTokens read)
        where T : class
    {
        var name = $"{LayerName(index)}.attn";
        var theta = settings.SeesAll[index] ? settings.GlobalTheta : settings.LocalTheta;
        var joined = Linear(operations, $"{name}.Wqkv", settings.AttentionBias, input);                    // [rows × tokens, 3 × hidden]
        var query = operations.Columns(joined, 0, Config.HiddenSize);
        var context = operations.Attend(
            operations.Rotate(operations.SplitHeads(operations.Queries(query, read), Config.HeadCount), theta),
            operations.Rotate(operations.SplitHeads(operations.Columns(joined, Config.HiddenSize, Config.HiddenSize), Config.HeadCount), theta),
            operations.SplitHeads(operations.Columns(joined, 2 * Config.HiddenSize, Config.HiddenSize), Config.HeadCount),
            1 / Math.Sqrt(Config.HeadSize),
            Config.AttentionDropout,
            reach: settings.SeesAll[index] ? null : settings.LocalReach);
        return operations.Drop(Linear(operations, $"{name}.Wo", settings.AttentionBias, operations.Read(context, read)), Config.AttentionDropout);
    }

    /// <summary>The gated feed-forward part (Shazeer, 2020): one half of the inner values, through the activation, is multiplied with the other.</summary>
    private T FeedForward<T>(IModelOperations<T> operations, string name, T input)
        where T : class
    {
        var joined = Linear(operations, $"{name}.mlp.Wi", settings.FeedForwardBias, input);                // [rows × queries, 2 × intermediate]
        var values = operations.Activate(Config.HiddenActivation, operations.Columns(joined, 0, Config.IntermediateSize));
        var gated = operations.Multiply(values, operations.Columns(joined, Config.IntermediateSize, Config.IntermediateSize));
        return Linear(operations, $"{name}.mlp.Wo", settings.FeedForwardBias, operations.Drop(gated, Config.HiddenDropout));
    }

    private T Normalize<T>(IModelOperations<T> operations, string name, T input)
        where T : class
        => operations.Normalize($"{name}.weight", settings.NormBias ? $"{name}.bias" : null, input, Config.LayerNormEpsilon);

    private static T Linear<T>(IModelOperations<T> operations, string name, bool hasBias, T input)
        where T : class
        => operations.Linear($"{name}.weight", hasBias ? $"{name}.bias" : null, input);

    private IEnumerable<ParameterDefinition> LayerParameters(int index)
    {
        var name = LayerName(index);
        return
        [
            .. index == 0 ? [] : Normalization($"{name}.attn_norm"),
            .. Linear($"{name}.attn.Wqkv", 3 * Config.HiddenSize, Config.HiddenSize, settings.AttentionBias, Config.InitializerRange),
            .. Linear($"{name}.attn.Wo", Config.HiddenSize, Config.HiddenSize, settings.AttentionBias, OutputRange),
            .. Normalization($"{name}.mlp_norm"),
            .. Linear($"{name}.mlp.Wi", 2 * Config.IntermediateSize, Config.HiddenSize, settings.FeedForwardBias, Config.InitializerRange),
            .. Linear($"{name}.mlp.Wo", Config.HiddenSize, Config.IntermediateSize, settings.FeedForwardBias, OutputRange),
        ];
    }

    /// <summary>Standard deviation of new weights whose products are added to the hidden states: smaller the more layers add to them.</summary>
    private double OutputRange => Config.InitializerRange / Math.Sqrt(2 * Config.LayerCount);

    private ParameterDefinition[] Linear(string name, int outputs, int inputs, bool hasBias, double range) => [Weight($"{name}.weight", outputs, inputs, range), .. Bias(name, outputs, hasBias)];

    private ParameterDefinition Weight(string name, int count, int width, double range)
        => new(name, [count, width], ParameterInitialization.Normal) { StandardDeviation = range, Cutoff = settings.InitializerCutoff };

    private static ParameterDefinition[] Bias(string name, int size, bool hasBias) => hasBias ? [new($"{name}.bias", [size], ParameterInitialization.Zeros)] : [];

    private IEnumerable<ParameterDefinition> Normalization(string name) => ParameterDefinition.Normalization(name, Config.HiddenSize).Take(settings.NormBias ? 2 : 1);

    private static string LayerName(int index) => $"model.layers.{index}";
}
