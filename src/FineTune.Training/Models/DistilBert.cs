using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>DistilBERT (Sanh et al., 2019): BERT's encoder with half the layers and names of its own, without segments and without a pooler.</summary>
internal sealed class DistilBert : Architecture
{
    private const string Embeddings = "distilbert.embeddings";

    private DistilBert(EncoderConfig config)
        : base(config)
    {
    }

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>distilbert</c>, which has keys of its own.</summary>
    /// <remarks><c>sinusoidal_pos_embds</c> says how the position table began, not how it is used: the values are in the weight file.</remarks>
    public static DistilBert Read(ConfigKeys keys) => new(new EncoderConfig
    {
        VocabularySize = keys.Count("vocab_size"),
        HiddenSize = keys.Count("dim"),
        LayerCount = keys.Count("n_layers"),
        HeadCount = keys.Count("n_heads"),
        IntermediateSize = keys.Count("hidden_dim"),
        MaxPositions = keys.Count("max_position_embeddings", 512),
        SegmentCount = 0,
        HiddenDropout = keys.Probability("dropout", 0.1),
        AttentionDropout = keys.Probability("attention_dropout", 0.1),
        ClassifierDropout = keys.Probability("seq_classif_dropout", 0.2),
        InitializerRange = keys.Number("initializer_range", 0.02, minimum: 0, maximum: 10),
        HiddenActivation = keys.Activation("activation", Activations.Gelu),
        PaddingId = keys.Count("pad_token_id", 0, minimum: 0),
    }.Checked(keys, hiddenSizeKey: "dim", headCountKey: "n_heads"));

    /// <inheritdoc/>
    public override string ClassPrefix => "DistilBert";

    /// <inheritdoc/>
    public override string WeightPrefix => "distilbert.";

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new DistilBert(config);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, Config.HiddenSize),
        Embedding($"{Embeddings}.position_embeddings", Config.MaxPositions, Config.HiddenSize),
        .. Normalization($"{Embeddings}.LayerNorm", Config.HiddenSize),
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => LayerParameters(LayerName(i))),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head switch
    {
        HeadKind.Sequence => [.. Linear("pre_classifier", Config.HiddenSize, Config.HiddenSize), .. Linear("classifier", outputs, Config.HiddenSize)],
        HeadKind.Token => Linear("classifier", outputs, Config.HiddenSize),
        _ =>
        [
            .. Linear("vocab_transform", Config.HiddenSize, Config.HiddenSize),
            .. Normalization("vocab_layer_norm", Config.HiddenSize),
            new("vocab_projector.bias", [Config.VocabularySize], ParameterInitialization.Zeros),
        ],
    };

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.ffn.lin2.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds); // [rows, tokens, hidden]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", first: 0); // [tokens, hidden]
        var sum = operations.Flatten(operations.Add(words, positions));                             // [rows × tokens, hidden]
        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
    {
        var name = LayerName(layer);
        var input = operations.Queries(hidden, read);                                               // [rows × queries, hidden]
        var context = operations.SelfAttend(
            $"{name}.attention.q_lin",
            $"{name}.attention.k_lin",
            $"{name}.attention.v_lin",
            input,
            hidden,
            Config.HeadCount,
            1 / Math.Sqrt(Config.HeadSize),
            Config.AttentionDropout);
        var projected = operations.Linear($"{name}.attention.out_lin", operations.Read(context, read));                    // no dropout here, other than BERT
        var attended = operations.Normalize($"{name}.sa_layer_norm", operations.Add(projected, operations.Read(input, read)), Config.LayerNormEpsilon);

        var inner = operations.Activate(Config.HiddenActivation, operations.Linear($"{name}.ffn.lin1", attended)); // [rows × queries, intermediate]
        var output = operations.Drop(operations.Linear($"{name}.ffn.lin2", inner), Config.HiddenDropout);
        return operations.Normalize($"{name}.output_layer_norm", operations.Add(output, attended), Config.LayerNormEpsilon);
    }

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
    {
        var pooled = operations.Activate(Activations.Relu, operations.Linear("pre_classifier", hidden));
        return operations.Linear("classifier", operations.Drop(pooled, Config.ClassifierDropout ?? Config.HiddenDropout));
    }

    /// <summary>seq_classif_dropout is the sequence head's alone.</summary>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => operations.Linear("classifier", operations.Drop(hidden, Config.HiddenDropout));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
    {
        var transformed = operations.Activate(Config.HiddenActivation, operations.Linear("vocab_transform", hidden));
        var normalized = operations.Normalize("vocab_layer_norm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", "vocab_projector.bias", normalized); // the projector shares the word embeddings
    }

    private IEnumerable<ParameterDefinition> LayerParameters(string name) =>
    [
        .. Linear($"{name}.attention.q_lin", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.k_lin", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.v_lin", Config.HiddenSize, Config.HiddenSize),
        .. Linear($"{name}.attention.out_lin", Config.HiddenSize, Config.HiddenSize),
        .. Normalization($"{name}.sa_layer_norm", Config.HiddenSize),
        .. Linear($"{name}.ffn.lin1", Config.IntermediateSize, Config.HiddenSize),
        .. Linear($"{name}.ffn.lin2", Config.HiddenSize, Config.IntermediateSize),
        .. Normalization($"{name}.output_layer_norm", Config.HiddenSize),
    ];

    private static string LayerName(int index) => $"distilbert.transformer.layer.{index}";
}
