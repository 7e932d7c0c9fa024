using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>BERT (Devlin et al., 2019): embeddings, a stack of post-normalized transformer layers, and the heads on top.</summary>
internal sealed class Bert(EncoderConfig config) : Architecture(config)
{
    private const string Embeddings = "bert.embeddings";
    private const string Pooler = "bert.pooler.dense";
    private const string Classifier = "classifier";
    private const string Transform = "cls.predictions.transform";
    private const string Decoder = "cls.predictions";

    /// <summary>Reads a <c>config.json</c> of <c>model_type</c> <c>bert</c>.</summary>
    public static Bert Read(ConfigKeys keys)
    {
        keys.Require("position_embedding_type", "absolute");
        return new Bert(EncoderConfig.Read(keys));
    }

    /// <inheritdoc/>
    public override string ClassPrefix => "Bert";

    /// <inheritdoc/>
    public override string WeightPrefix => "bert.";

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new Bert(config);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, Config.HiddenSize),
        Embedding($"{Embeddings}.position_embeddings", Config.MaxPositions, Config.HiddenSize),
        Embedding($"{Embeddings}.token_type_embeddings", Config.SegmentCount, Config.HiddenSize),
        .. Normalization($"{Embeddings}.LayerNorm", Config.HiddenSize),
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => BertLayer.Parameters(LayerName(i), Config)),
        .. head == HeadKind.Sequence ? Linear(Pooler, Config.HiddenSize, Config.HiddenSize) : [],
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head != HeadKind.MaskedLanguage
        ? Linear(Classifier, outputs, Config.HiddenSize)
        :
        [
            .. Linear($"{Transform}.dense", Config.HiddenSize, Config.HiddenSize),
            .. Normalization($"{Transform}.LayerNorm", Config.HiddenSize),
            new($"{Decoder}.bias", [Config.VocabularySize], ParameterInitialization.Zeros),
        ];

    /// <inheritdoc/>
    public override string EmbeddingsPart => $"{Embeddings}.word_embeddings.weight";

    /// <inheritdoc/>
    public override string LayerPart(int layer) => $"{LayerName(layer)}.output.dense.weight";

    /// <inheritdoc/>
    protected override T Embed<T>(IModelOperations<T> operations)
    {
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds); // [rows, tokens, hidden]
        var segments = operations.SegmentIds is { } ids
            ? operations.Lookup($"{Embeddings}.token_type_embeddings.weight", ids)                  // [rows, tokens, hidden]
            : operations.Row($"{Embeddings}.token_type_embeddings.weight", 0);                      // [hidden]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", first: 0); // [tokens, hidden]
        var sum = operations.Flatten(operations.Add(operations.Add(words, segments), positions));   // [rows × tokens, hidden]
        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
        => BertLayer.Apply(operations, LayerName(layer), Config, hidden, read);

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
        var transformed = operations.Activate(Config.HiddenActivation, operations.Linear($"{Transform}.dense", hidden));
        var normalized = operations.Normalize($"{Transform}.LayerNorm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", $"{Decoder}.bias", normalized); // the decoder shares the word embeddings
    }

    private static string LayerName(int index) => $"bert.encoder.layer.{index}";
}
