using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// ELECTRA (Clark et al., 2020), discriminator or generator: BERT's encoder without a pooler, on embeddings that may be narrower than the hidden states.
/// </summary>
internal sealed class Electra : Architecture
{
    private const string Embeddings = "electra.embeddings";
    private const string Projection = "electra.embeddings_project";
    private const string Classifier = "classifier";
    private const string Transform = "generator_predictions";

    private readonly int embeddingSize;

    private Electra(EncoderConfig config, int embeddingSize)
        : base(config) => this.embeddingSize = embeddingSize;

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>electra</c>. Its <c>summary_…</c> keys belong to the head for multiple choice.</summary>
    public static Electra Read(ConfigKeys keys)
    {
        keys.Require("position_embedding_type", "absolute");
        return new Electra(EncoderConfig.Read(keys), keys.Count("embedding_size", 128));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => "Electra";

    /// <inheritdoc/>
    public override string WeightPrefix => "electra.";

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new Electra(config, embeddingSize);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, embeddingSize),
        Embedding($"{Embeddings}.position_embeddings", Config.MaxPositions, embeddingSize),
        Embedding($"{Embeddings}.token_type_embeddings", Config.SegmentCount, embeddingSize),
        .. Normalization($"{Embeddings}.LayerNorm", embeddingSize),
        .. HasProjection ? Linear(Projection, Config.HiddenSize, embeddingSize) : [],
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => BertLayer.Parameters(LayerName(i), Config)),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head switch
    {
        HeadKind.Sequence => [.. Linear($"{Classifier}.dense", Config.HiddenSize, Config.HiddenSize), .. Linear($"{Classifier}.out_proj", outputs, Config.HiddenSize)],
        HeadKind.Token => Linear(Classifier, outputs, Config.HiddenSize),
        _ =>
        [
            .. Linear($"{Transform}.dense", embeddingSize, Config.HiddenSize),
            .. Normalization($"{Transform}.LayerNorm", embeddingSize),
            new("generator_lm_head.bias", [Config.VocabularySize], ParameterInitialization.Zeros),
        ],
    };

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.output.dense.weight";

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
        return HasProjection ? operations.Linear(Projection, embedded) : embedded;                  // [rows × tokens, hidden]
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
        => BertLayer.Apply(operations, LayerName(layer), Config, hidden, read);

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
    {
        var dense = operations.Linear($"{Classifier}.dense", Drop(operations, hidden));
        return operations.Linear($"{Classifier}.out_proj", Drop(operations, operations.Activate(Activations.Gelu, dense)));
    }

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => operations.Linear(Classifier, Drop(operations, hidden));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
    {
        var transformed = operations.Activate(Activations.Gelu, operations.Linear($"{Transform}.dense", hidden));            // [tokens, embedding], whatever hidden_act says
        var normalized = operations.Normalize($"{Transform}.LayerNorm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", "generator_lm_head.bias", normalized);              // the decoder shares the word embeddings
    }

    private bool HasProjection => embeddingSize != Config.HiddenSize;

    private T Drop<T>(IModelOperations<T> operations, T values)
        where T : class
        => operations.Drop(values, Config.ClassifierDropout ?? Config.HiddenDropout);

    private static string LayerName(int index) => $"electra.encoder.layer.{index}";
}
