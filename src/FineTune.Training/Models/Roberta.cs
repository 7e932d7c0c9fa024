using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// RoBERTa (Liu et al., 2019), and with the same computation XLM-RoBERTa (Conneau et al., 2020) and CamemBERT (Martin et al., 2020): BERT's encoder, whose position table
/// begins behind the padding's row, without a pooler. There are no pairs: its tokenizers number all tokens as the first text's.
/// </summary>
internal sealed class Roberta : Architecture
{
    private const string Embeddings = "roberta.embeddings";

    private Roberta(string classPrefix, EncoderConfig config)
        : base(config) => ClassPrefix = classPrefix;

    /// <summary>How a <c>config.json</c> of <c>model_type</c> <c>roberta</c>, <c>xlm-roberta</c> or <c>camembert</c> is read.</summary>
    /// <param name="classPrefix">What Hugging Face's classes of this type begin with.</param>
    public static Func<ConfigKeys, Architecture> Reader(string classPrefix) => keys =>
    {
        keys.Require("position_embedding_type", "absolute");
        var config = EncoderConfig.Read(keys, defaultPadding: 1);
        return new Roberta(classPrefix, config.WithFirstPosition(config.PaddingId + 1, keys));
    };

    /// <inheritdoc/>
    public override string ClassPrefix { get; }

    /// <inheritdoc/>
    public override string WeightPrefix => "roberta.";

    /// <inheritdoc/>
    public override bool HasSegments => false;

    /// <inheritdoc/>
    public override Architecture With(EncoderConfig config) => new Roberta(ClassPrefix, config);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head) =>
    [
        Embedding($"{Embeddings}.word_embeddings", Config.VocabularySize, Config.HiddenSize),
        Embedding($"{Embeddings}.position_embeddings", Config.FirstPosition + Config.MaxPositions, Config.HiddenSize),
        Embedding($"{Embeddings}.token_type_embeddings", Config.SegmentCount, Config.HiddenSize),
        .. Normalization($"{Embeddings}.LayerNorm", Config.HiddenSize),
        .. Enumerable.Range(0, Config.LayerCount).SelectMany(i => BertLayer.Parameters(LayerName(i), Config)),
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
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds);                     // [rows, tokens, hidden]
        var segment = operations.Row($"{Embeddings}.token_type_embeddings.weight", 0);                                  // [hidden]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", Config.FirstPosition);         // [tokens, hidden]
        var sum = operations.Flatten(operations.Add(operations.Add(words, segment), positions));                        // [rows × tokens, hidden]
        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    /// <inheritdoc/>
    protected override T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class
        => BertLayer.Apply(operations, LayerName(layer), Config, hidden, read);

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden) => RobertaHeads.ClassifySequences(operations, Config, hidden);

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => RobertaHeads.ClassifyTokens(operations, Config, hidden);

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
        => RobertaHeads.PredictTokens(operations, Config, $"{Embeddings}.word_embeddings.weight", hidden);

    private static string LayerName(int index) => $"roberta.encoder.layer.{index}";
}
