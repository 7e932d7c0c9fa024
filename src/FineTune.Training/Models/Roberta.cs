using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>
/// RoBERTa (Liu et al., 2019), and with the same computation XLM-RoBERTa (Conneau et al., 2020) and CamemBERT (Martin et al., 2020): BERT's encoder, whose position table
/// begins behind the padding's row, without a pooler. There are no pairs: its tokenizers number all tokens as the first text's.
/// </summary>
internal sealed class Roberta : Architecture
{
    private const string Embeddings = "roberta.embeddings";
    private const string Classifier = "classifier";
    private const string LanguageHead = "lm_head";

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
    protected override IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs) => head switch
    {
        HeadKind.Sequence => [.. Linear($"{Classifier}.dense", Config.HiddenSize, Config.HiddenSize), .. Linear($"{Classifier}.out_proj", outputs, Config.HiddenSize)],
        HeadKind.Token => Linear(Classifier, outputs, Config.HiddenSize),
        _ =>
        [
            .. Linear($"{LanguageHead}.dense", Config.HiddenSize, Config.HiddenSize),
            .. Normalization($"{LanguageHead}.layer_norm", Config.HiddenSize),
            new($"{LanguageHead}.bias", [Config.VocabularySize], ParameterInitialization.Zeros),
        ],
    };

    /// <inheritdoc/>
    protected override T Encode<T>(IModelOperations<T> operations, bool firstTokenOnly)
    {
        T hidden;
        using (operations.Part($"{Embeddings}.word_embeddings.weight"))
        {
            hidden = Embed(operations);
        }

        for (var i = 0; i < Config.LayerCount; i++)
        {
            using (operations.Part($"{LayerName(i)}.output.dense.weight"))
            {
                hidden = BertLayer.Apply(operations, LayerName(i), Config, hidden, firstTokenOnly && i == Config.LayerCount - 1);
            }
        }

        return hidden;
    }

    /// <inheritdoc/>
    protected override T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
    {
        var dense = operations.Linear($"{Classifier}.dense", Drop(operations, hidden));
        return operations.Linear($"{Classifier}.out_proj", Drop(operations, operations.Activate(Activations.Tanh, dense)));
    }

    /// <inheritdoc/>
    protected override T ClassifyTokens<T>(IModelOperations<T> operations, T hidden) => operations.Linear(Classifier, Drop(operations, hidden));

    /// <inheritdoc/>
    protected override T PredictTokens<T>(IModelOperations<T> operations, T hidden)
    {
        var transformed = operations.Activate(Activations.Gelu, operations.Linear($"{LanguageHead}.dense", hidden)); // whatever hidden_act says
        var normalized = operations.Normalize($"{LanguageHead}.layer_norm", transformed, Config.LayerNormEpsilon);
        return operations.Linear($"{Embeddings}.word_embeddings.weight", $"{LanguageHead}.bias", normalized);        // the decoder shares the word embeddings
    }

    private T Embed<T>(IModelOperations<T> operations)
        where T : class
    {
        var words = operations.Lookup($"{Embeddings}.word_embeddings.weight", operations.InputIds);                     // [rows, tokens, hidden]
        var segment = operations.Row($"{Embeddings}.token_type_embeddings.weight", 0);                                  // [hidden]
        var positions = operations.Positions($"{Embeddings}.position_embeddings.weight", Config.FirstPosition);         // [tokens, hidden]
        var sum = operations.Flatten(operations.Add(operations.Add(words, segment), positions));                        // [rows × tokens, hidden]
        return operations.Drop(operations.Normalize($"{Embeddings}.LayerNorm", sum, Config.LayerNormEpsilon), Config.HiddenDropout);
    }

    private T Drop<T>(IModelOperations<T> operations, T values)
        where T : class
        => operations.Drop(values, Config.ClassifierDropout ?? Config.HiddenDropout);

    private static string LayerName(int index) => $"roberta.encoder.layer.{index}";
}
