using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// DeBERTa, versions 2 and 3 (He et al., 2021; He, Gao and Chen, 2023): BERT's layers with attention whose scores come from contents and distances apart.
/// </summary>
internal sealed class DebertaV2(EncoderConfig config, DebertaV2Settings settings) : Architecture(config)
{
    private const string Embeddings = "deberta.embeddings";
    private const string Distances = "deberta.encoder.rel_embeddings";
    private const string DistanceNorm = "deberta.encoder.LayerNorm";
    private const string Pooler = "pooler.dense";
    private const string Classifier = "classifier";

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>deberta-v2</c>, which version 3 has as well.</summary>
    public static DebertaV2 Read(ConfigKeys keys)
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
        return new DebertaV2(config, DebertaV2Settings.Read(keys, config));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => "DebertaV2";

    /// <inheritdoc/>
    public override string WeightPrefix => "deberta.";

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new DebertaV2(config, settings);

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
    protected override T Encode<T>(IModelOperations<T> operations, bool firstTokenOnly)
    {
        T hidden;
        T? distances;
        using (operations.Part($"{Embeddings}.word_embeddings.weight"))
        {
            hidden = Embed(operations);
            distances = EmbedDistances(operations);
        }

        for (var i = 0; i < Config.LayerCount; i++)
        {
            using (operations.Part($"{LayerName(i)}.output.dense.weight"))
            {
                hidden = Layer(operations, LayerName(i), hidden, distances, firstTokenOnly && i == Config.LayerCount - 1);
            }
        }

        return hidden;
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

    private T Embed<T>(IModelOperations<T> operations)
        where T : class
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
    private T? EmbedDistances<T>(IModelOperations<T> operations)
        where T : class
        => !settings.HasDistances ? null
            : settings.NormalizesDistances ? operations.Normalize(DistanceNorm, operations.Table($"{Distances}.weight"), Config.LayerNormEpsilon)
            : operations.Table($"{Distances}.weight");

    private T Layer<T>(IModelOperations<T> operations, string name, T hidden, T? distances, bool firstTokenOnly)
        where T : class
    {
        var input = firstTokenOnly ? operations.FirstToken(hidden) : hidden;                                     // [rows × queries, hidden]
        var query = operations.SplitHeads(operations.Linear($"{name}.attention.self.query_proj", input), Config.HeadCount);
        var key = operations.SplitHeads(operations.Linear($"{name}.attention.self.key_proj", hidden), Config.HeadCount);
        var value = operations.SplitHeads(operations.Linear($"{name}.attention.self.value_proj", hidden), Config.HeadCount);
        var context = operations.Attend(query, key, value, Scale, Config.AttentionDropout, ScoreDistances(operations, $"{name}.attention.self", query, key, distances));
        var projected = operations.Drop(operations.Linear($"{name}.attention.output.dense", context), Config.HiddenDropout);
        var attended = operations.Normalize($"{name}.attention.output.LayerNorm", operations.Add(projected, input), Config.LayerNormEpsilon);

        var inner = operations.Activate(Config.HiddenActivation, operations.Linear($"{name}.intermediate.dense", attended)); // [rows × queries, intermediate]
        var output = operations.Drop(operations.Linear($"{name}.output.dense", inner), Config.HiddenDropout);
        return operations.Normalize($"{name}.output.LayerNorm", operations.Add(output, attended), Config.LayerNormEpsilon);
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
            settings.ContentToPosition ? Project(settings.SharesProjections ? "key_proj" : "pos_key_proj") : null,
            settings.PositionToContent ? Project(settings.SharesProjections ? "query_proj" : "pos_query_proj") : null,
            Scale);

        T Project(string projection) => operations.LinearByDistance($"{name}.{projection}.weight", $"{name}.{projection}.bias", table, settings.DistanceRows);
    }

    /// <summary>As with 1/√size, the variance of the scores stays that of one product, of which there are up to three.</summary>
    private double Scale => 1 / Math.Sqrt(Config.HeadSize * (1 + (settings.ContentToPosition ? 1 : 0) + (settings.PositionToContent ? 1 : 0)));

    private string Transform => settings.HasBertHead ? "cls.predictions.transform" : "lm_predictions.lm_head";

    private string DecoderBias => settings.HasBertHead ? "cls.predictions.bias" : "lm_predictions.lm_head.bias";

    private IEnumerable<ParameterDefinition> LayerParameters(string name)
    {
        var hasProjections = settings.HasDistances && !settings.SharesProjections;
        return
        [
            .. Linear($"{name}.attention.self.query_proj", Config.HiddenSize, Config.HiddenSize),
            .. Linear($"{name}.attention.self.key_proj", Config.HiddenSize, Config.HiddenSize),
            .. Linear($"{name}.attention.self.value_proj", Config.HiddenSize, Config.HiddenSize),
            .. hasProjections && settings.ContentToPosition ? Linear($"{name}.attention.self.pos_key_proj", Config.HiddenSize, Config.HiddenSize) : [],
            .. hasProjections && settings.PositionToContent ? Linear($"{name}.attention.self.pos_query_proj", Config.HiddenSize, Config.HiddenSize) : [],
            .. Linear($"{name}.attention.output.dense", Config.HiddenSize, Config.HiddenSize),
            .. Normalization($"{name}.attention.output.LayerNorm", Config.HiddenSize),
            .. Linear($"{name}.intermediate.dense", Config.IntermediateSize, Config.HiddenSize),
            .. Linear($"{name}.output.dense", Config.HiddenSize, Config.IntermediateSize),
            .. Normalization($"{name}.output.LayerNorm", Config.HiddenSize),
        ];
    }

    private static string LayerName(int index) => $"deberta.encoder.layer.{index}";
}
