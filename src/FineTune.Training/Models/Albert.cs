using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// ALBERT (Lan et al., 2020): narrow embeddings, and groups of layers whose parameters are used again and again. What is trained or frozen, or has a rate of its own, is a
/// group; <see cref="EncoderConfig.LayerCount"/> says how often groups are applied.
/// </summary>
internal sealed class Albert : Architecture
{
    private const string Embeddings = "albert.embeddings";
    private const string Projection = "albert.encoder.embedding_hidden_mapping_in";
    private const string Pooler = "albert.pooler";
    private const string Classifier = "classifier";
    private const string Predictions = "predictions";

    private readonly int embeddingSize;
    private readonly int groupCount;
    private readonly int layersPerGroup;

    private Albert(EncoderConfig config, int embeddingSize, int groupCount, int layersPerGroup)
        : base(config)
    {
        this.embeddingSize = embeddingSize;
        this.groupCount = groupCount;
        this.layersPerGroup = layersPerGroup;
    }

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>albert</c>.</summary>
    public static Albert Read(ConfigKeys keys)
    {
        keys.Require("position_embedding_type", "absolute");
        var config = EncoderConfig.Read(keys) with
        {
            HiddenDropout = keys.Probability("hidden_dropout_prob", 0),
            AttentionDropout = keys.Probability("attention_probs_dropout_prob", 0),
            ClassifierDropout = keys.Probability("classifier_dropout_prob", 0.1),
            HiddenActivation = keys.Activation("hidden_act", "gelu_new"),
        };

        // A group that no layer uses would be trained for nothing; transformers never has one.
        return new Albert(config, keys.Count("embedding_size", 128), Math.Min(keys.Count("num_hidden_groups", 1), config.LayerCount), keys.Count("inner_group_num", 1));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => "Albert";

    /// <inheritdoc/>
    public override string WeightPrefix => "albert.";

    /// <inheritdoc/>
    public override int LayerCount => groupCount;

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new Albert(config, embeddingSize, groupCount, layersPerGroup);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, embeddingSize),
        Embedding($"{Embeddings}.position_embeddings", Config.MaxPositions, embeddingSize),
        Embedding($"{Embeddings}.token_type_embeddings", Config.SegmentCount, embeddingSize),
        .. Normalization($"{Embeddings}.LayerNorm", embeddingSize),
        .. Linear(Projection, Config.HiddenSize, embeddingSize),
        .. from @group in Enumerable.Range(0, groupCount)
           from layer in Enumerable.Range(0, layersPerGroup)
           from parameter in LayerParameters(LayerName(@group, layer))
           select parameter,
        .. head == HeadKind.Sequence ? Linear(Pooler, Config.HiddenSize, Config.HiddenSize) : [],
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head != HeadKind.MaskedLanguage
        ? Linear(Classifier, outputs, Config.HiddenSize)
        :
        [
            .. Linear($"{Predictions}.dense", embeddingSize, Config.HiddenSize),
            .. Normalization($"{Predictions}.LayerNorm", embeddingSize),
            new($"{Predictions}.bias", [Config.VocabularySize], ParameterInitialization.Zeros),
        ];

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(GroupOf(layer), 0)}.ffn.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds); // [rows, tokens, embedding]
        var segments = operations.SegmentIds is { } ids
            ? operations.Lookup($"{Embeddings}.token_type_embeddings.weight", ids)                  // [rows, tokens, embedding]
            : operations.Row($"{Embeddings}.token_type_embeddings.weight", 0);                      // [embedding]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", first: 0); // [tokens, embedding]
        var sum = operations.Flatten(operations.Add(operations.Add(words, segments), positions));   // [rows × tokens, embedding]
        var embedded = operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
        return operations.Linear(Projection, embedded);                                             // [rows × tokens, hidden]
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
    {
        for (var inner = 0; inner < layersPerGroup; inner++)
        {
            hidden = Layer(operations, LayerName(GroupOf(layer), inner), hidden, inner == layersPerGroup - 1 ? read : LayerTokens.All);
        }

        return hidden;
    }

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
    {
        var pooled = operations.Activate(Activations.Tanh, operations.Linear(Pooler, hidden));
        return ClassifyTokens(operations, pooled);
    }

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden)
        => operations.Linear(Classifier, operations.Drop(hidden, Config.ClassifierDropout ?? Config.HiddenDropout));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
    {
        var transformed = operations.Activate(Config.HiddenActivation, operations.Linear($"{Predictions}.dense", hidden));   // [tokens, embedding]
        var normalized = operations.Normalize($"{Predictions}.LayerNorm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", $"{Predictions}.bias", normalized);                 // the decoder shares the word embeddings
    }

    private T Layer<T>(IModelOperations<T> operations, string name, T hidden, LayerTokens read)
        where T : class
    {
        var input = operations.Queries(hidden, read);                                               // [rows × queries, hidden]
        var context = operations.SelfAttend(
            $"{name}.attention.query",
            $"{name}.attention.key",
            $"{name}.attention.value",
            input,
            hidden,
            Config.HeadCount,
            1 / Math.Sqrt(Config.HeadSize),
            Config.AttentionDropout);
        var projected = operations.Drop(operations.Linear($"{name}.attention.dense", operations.Read(context, read)), Config.HiddenDropout);
        var attended = operations.Normalize($"{name}.attention.LayerNorm", operations.Add(projected, operations.Read(input, read)), Config.LayerNormEpsilon);

        var inner = operations.Activate(Config.HiddenActivation, operations.Linear($"{name}.ffn", attended)); // [rows × queries, intermediate]
        var output = operations.Linear($"{name}.ffn_output", inner);                                // no dropout here, other than BERT
        return operations.Normalize($"{name}.full_layer_layer_norm", operations.Add(output, attended), Config.LayerNormEpsilon);
    }

    private IEnumerable<ParameterDefinition> LayerParameters(string name) =>
    [
        .. Linear($"{name}.attention.query", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.key", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.value", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.dense", Config.HiddenSize, Config.HiddenSize),
        .. Normalization($"{name}.attention.LayerNorm", Config.HiddenSize),
        .. Linear($"{name}.ffn", Config.IntermediateSize, Config.HiddenSize),
        .. Linear($"{name}.ffn_output", Config.HiddenSize, Config.IntermediateSize),
        .. Normalization($"{name}.full_layer_layer_norm", Config.HiddenSize),
    ];

    /// <summary>The group whose turn it is, rounded as transformers rounds it.</summary>
    private int GroupOf(int layer) => (int)(layer / ((double)Config.LayerCount / groupCount));

    private static string LayerName(int groupIndex, int layer) => $"albert.encoder.albert_layer_groups.{groupIndex}.albert_layers.{layer}";
}
