using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// DeBERTa, versions 1, 2 and 3 (He et al., 2021; He, Gao and Chen, 2023): BERT's layers with attention whose scores come from contents and distances apart.
/// </summary>
internal sealed class Deberta(EncoderConfig config, DebertaSettings settings) : Architecture(config)
{
    private const string Embeddings = "deberta.embeddings";
    private const string Distances = "deberta.encoder.rel_embeddings";
    private const string DistanceNorm = "deberta.encoder.LayerNorm";
    private const string Pooler = "pooler.dense";
    private const string Classifier = "classifier";

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>deberta</c>.</summary>
    public static Deberta ReadFirstVersion(ConfigKeys keys) => Read(keys, isFirstVersion: true);

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>deberta-v2</c>, which version 3 has as well.</summary>
    public static Deberta ReadSecondVersion(ConfigKeys keys) => Read(keys, isFirstVersion: false);

    private static Deberta Read(ConfigKeys keys, bool isFirstVersion)
    {
        var config = new EncoderConfig
        {
            VocabularySize = keys.Count("vocab_size"),
            HiddenSize = keys.Count("hidden_size"),
            LayerCount = keys.Count("num_hidden_layers"),
            HeadCount = keys.Count("num_attention_heads"),
            IntermediateSize = keys.Count("intermediate_size"),
            MaxPositions = keys.Count("max_position_embeddings", 512),
            SegmentCount = keys.Count("type_vocab_size", 0, minimum: 0),
            LayerNormEpsilon = keys.Number("layer_norm_eps", 1e-7, minimum: 0, maximum: 1),
            HiddenDropout = keys.Probability("hidden_dropout_prob", 0.1),
            AttentionDropout = keys.Probability("attention_probs_dropout_prob", 0.1),
            PoolerDropout = keys.Probability("pooler_dropout", 0),
            ClassifierDropout = keys.Has("cls_dropout") ? keys.Probability("cls_dropout", 0) : null,
            InitializerRange = keys.Number("initializer_range", 0.02, minimum: 0, maximum: 10),
            HiddenActivation = keys.Activation("hidden_act", Activations.Gelu),
            PaddingId = keys.Count("pad_token_id", 0, minimum: 0),
        }.Checked(keys);
        return new Deberta(config, DebertaSettings.Read(keys, config, isFirstVersion));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => settings.IsFirstVersion ? "Deberta" : "DebertaV2";

    /// <inheritdoc/>
    public override string WeightPrefix => "deberta.";

    /// <inheritdoc/>
    public override int KeptForWeight => 3;

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new Deberta(config, settings);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, Config.HiddenSize),
        .. settings.HasPositionEmbeddings ? [Embedding($"{Embeddings}.position_embeddings", Config.MaxPositions, Config.HiddenSize)] : Array.Empty<ParameterDefinition>(),
        .. Config.SegmentCount > 0 ? [Embedding($"{Embeddings}.token_type_embeddings", Config.SegmentCount, Config.HiddenSize)] : Array.Empty<ParameterDefinition>(),
        .. Normalization($"{Embeddings}.LayerNorm", Config.HiddenSize),
        .. settings.HasDistances ? [Embedding(Distances, settings.DistanceCount, Config.HiddenSize)] : Array.Empty<ParameterDefinition>(),
        .. settings.NormalizesDistances ? Normalization(DistanceNorm, Config.HiddenSize) : [],
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => LayerParameters(LayerName(i))),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head switch
    {
        HeadKind.Sequence => [.. Linear(Pooler, Config.HiddenSize, Config.HiddenSize), .. Linear(Classifier, outputs, Config.HiddenSize)],
        HeadKind.Token => Linear(Classifier, outputs, Config.HiddenSize),
        _ =>
        [
            .. Linear($"{Transform}.dense", Config.HiddenSize, Config.HiddenSize),
            .. Normalization($"{Transform}.LayerNorm", Config.HiddenSize),
            new(DecoderBias, [Config.VocabularySize], ParameterInitialization.Zeros),
        ],
    };

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.output.dense.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var sum = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds);                // [rows, tokens, hidden]
        if (settings.HasPositionEmbeddings)
        {
            sum = operations.Add(sum, operations.Positions($"{Embeddings}.position_embeddings.weight", first: 0)); // [tokens, hidden]
        }

        if (Config.SegmentCount > 0)
        {
            var segments = operations.SegmentIds is { } ids
                ? operations.Lookup($"{Embeddings}.token_type_embeddings.weight", ids)                           // [rows, tokens, hidden]
                : operations.Row($"{Embeddings}.token_type_embeddings.weight", 0);                               // [hidden]
            sum = operations.Add(sum, segments);
        }

        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", operations.Flatten(sum), Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    /// <summary>The embeddings of distances, which all layers share. [distances, hidden]</summary>
    protected override T? EmbedDistances<T>(IModelOperations<T> operations)
        where T : class
        => !settings.HasDistances ? null
            : settings.NormalizesDistances ? operations.Normalize(DistanceNorm, operations.Table($"{Distances}.weight"), Config.LayerNormEpsilon)
            : operations.Table($"{Distances}.weight");

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
    {
        var name = LayerName(layer);
        var input = operations.Queries(hidden, read);                                                            // [rows × queries, hidden]
        var (query, key, value) = settings.IsFirstVersion
            ? ProjectTogether(operations, $"{name}.attention.self", input, hidden)
            : ProjectApart(operations, $"{name}.attention.self", input, hidden);
        var context = operations.Attend(query, key, value, Scale, Config.AttentionDropout, ScoreDistances(operations, $"{name}.attention.self", query, key, distances));
        var projected = operations.Drop(operations.Linear($"{name}.attention.output.dense", operations.Read(context, read)), Config.HiddenDropout);
        var attended = operations.Normalize($"{name}.attention.output.LayerNorm", operations.Add(projected, operations.Read(input, read)), Config.LayerNormEpsilon);

        var inner = operations.Activate(Config.HiddenActivation, operations.Linear($"{name}.intermediate.dense", attended)); // [rows × queries, intermediate]
        var output = operations.Drop(operations.Linear($"{name}.output.dense", inner), Config.HiddenDropout);
        return operations.Normalize($"{name}.output.LayerNorm", operations.Add(output, attended), Config.LayerNormEpsilon);
    }

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
    {
        var pooled = operations.Activate(settings.PoolerActivation, operations.Linear(Pooler, operations.Drop(hidden, Config.PoolerDropout)));
        return operations.Linear(Classifier, operations.Drop(pooled, Config.ClassifierDropout ?? Config.HiddenDropout));
    }

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => operations.Linear(Classifier, operations.Drop(hidden, Config.HiddenDropout));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
    {
        var transformed = operations.Activate(Config.HiddenActivation, operations.Linear($"{Transform}.dense", hidden));
        var normalized = operations.Normalize($"{Transform}.LayerNorm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", DecoderBias, normalized); // the decoder shares the word embeddings
    }

    private (T Query, T Key, T Value) ProjectApart<T>(IModelOperations<T> operations, string name, T input, T hidden)
        where T : class
        => (
            operations.SplitHeads(operations.Linear($"{name}.query_proj", input), Config.HeadCount),
            operations.SplitHeads(operations.Linear($"{name}.key_proj", hidden), Config.HeadCount),
            operations.SplitHeads(operations.Linear($"{name}.value_proj", hidden), Config.HeadCount));

    /// <summary>One projection, in which each head has its query, key and value side by side; keys have no bias.</summary>
    private (T Query, T Key, T Value) ProjectTogether<T>(IModelOperations<T> operations, string name, T input, T hidden)
        where T : class
    {
        var joined = Project(hidden);                                                                            // [rows, heads, tokens, 3 × size]
        var joinedOfQueries = ReferenceEquals(input, hidden) ? joined : Project(input);
        return (
            operations.Add(operations.Columns(joinedOfQueries, 0, Config.HeadSize), operations.RowByHead($"{name}.q_bias", Config.HeadCount)),
            operations.Columns(joined, Config.HeadSize, Config.HeadSize),
            operations.Add(operations.Columns(joined, 2 * Config.HeadSize, Config.HeadSize), operations.RowByHead($"{name}.v_bias", Config.HeadCount)));

        T Project(T vectors) => operations.SplitHeads(operations.Linear($"{name}.in_proj.weight", bias: null, vectors), Config.HeadCount);
    }

    /// <summary>What the distances add to the scores of contents.</summary>
    private T? ScoreDistances<T>(IModelOperations<T> operations, string name, T query, T key, T? distances)
        where T : class
    {
        if (distances is null)
        {
            return null;
        }

        var table = operations.Drop(distances, Config.HiddenDropout);
        return operations.ScoreDistances(
            query,
            key,
            settings.ContentToPosition ? Project(KeyPositions, hasBias: !settings.IsFirstVersion) : null,
            settings.PositionToContent ? Project(QueryPositions, hasBias: true) : null,
            Scale);

        T Project(string projection, bool hasBias)
            => operations.LinearByDistance($"{name}.{projection}.weight", hasBias ? $"{name}.{projection}.bias" : null, table, settings.DistanceRows);
    }

    private string KeyPositions => settings.SharesProjections ? "key_proj" : settings.IsFirstVersion ? "pos_proj" : "pos_key_proj";

    private string QueryPositions => settings.SharesProjections ? "query_proj" : settings.IsFirstVersion ? "pos_q_proj" : "pos_query_proj";

    /// <summary>As with 1/√size, the variance of the scores stays that of one product, of which there are up to three.</summary>
    private double Scale => 1 / Math.Sqrt(Config.HeadSize * (1 + (settings.ContentToPosition ? 1 : 0) + (settings.PositionToContent ? 1 : 0)));

    private string Transform => settings.HasBertHead ? "cls.predictions.transform" : "lm_predictions.lm_head";

    private string DecoderBias => settings.HasBertHead ? "cls.predictions.bias" : "lm_predictions.lm_head.bias";

    private IEnumerable<ParameterDefinition> LayerParameters(string name) =>
    [
        .. AttentionParameters($"{name}.attention.self"),
        .. Linear($"{name}.attention.output.dense", Config.HiddenSize, Config.HiddenSize),
        .. Normalization($"{name}.attention.output.LayerNorm", Config.HiddenSize),
        .. Linear($"{name}.intermediate.dense", Config.IntermediateSize, Config.HiddenSize),
        .. Linear($"{name}.output.dense", Config.HiddenSize, Config.IntermediateSize),
        .. Normalization($"{name}.output.LayerNorm", Config.HiddenSize),
    ];

    private IEnumerable<ParameterDefinition> AttentionParameters(string name)
    {
        ParameterDefinition[] projections = settings.IsFirstVersion
            ?
            [
                new($"{name}.q_bias", [Config.HiddenSize], ParameterInitialization.Zeros),
                new($"{name}.v_bias", [Config.HiddenSize], ParameterInitialization.Zeros),
                Weight($"{name}.in_proj", 3 * Config.HiddenSize),
            ]
            : [.. Linear($"{name}.query_proj", Config.HiddenSize, Config.HiddenSize), .. Linear($"{name}.key_proj", Config.HiddenSize, Config.HiddenSize), .. Linear($"{name}.value_proj", Config.HiddenSize, Config.HiddenSize)];
        var hasPositions = settings.HasDistances && !settings.SharesProjections;
        return
        [
            .. projections,
            .. !hasPositions || !settings.ContentToPosition ? []
                : settings.IsFirstVersion ? [Weight($"{name}.{KeyPositions}", Config.HiddenSize)]
                : Linear($"{name}.{KeyPositions}", Config.HiddenSize, Config.HiddenSize),
            .. hasPositions && settings.PositionToContent ? Linear($"{name}.{QueryPositions}", Config.HiddenSize, Config.HiddenSize) : [],
        ];

        ParameterDefinition Weight(string projection, int outputs) => new($"{projection}.weight", [outputs, Config.HiddenSize], ParameterInitialization.Normal);
    }

    private static string LayerName(int index) => $"deberta.encoder.layer.{index}";
}
