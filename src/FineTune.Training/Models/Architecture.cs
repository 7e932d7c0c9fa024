namespace FineTune.Training.Models;

/// <summary>
/// A family of encoders with one configuration: its parameters by their Hugging Face names, and what it computes from them. Written once for training and export, in terms of
/// <see cref="IModelOperations{T}"/>; holds no values itself.
/// </summary>
/// <param name="config">The shape and the constants.</param>
internal abstract class Architecture(EncoderConfig config)
{
    /// <summary>The shape and the constants.</summary>
    public EncoderConfig Config { get; } = config;

    /// <summary>What Hugging Face's classes of this family begin with, such as <c>Bert</c> in <c>BertForSequenceClassification</c>.</summary>
    public abstract string ClassPrefix { get; }

    /// <summary>What the names of the encoder's weights begin with when a head stands on it, such as <c>bert.</c>. Weights of a bare encoder lack it.</summary>
    public abstract string WeightPrefix { get; }

    /// <summary>How many layers have parameters of their own: what strategies count.</summary>
    public virtual int LayerCount => Config.LayerCount;

    /// <summary>Whether it tells the two texts of a pair apart by <c>token_type_ids</c>.</summary>
    public virtual bool HasSegments => Config.SegmentCount > 1;

    /// <summary>How many numbers training keeps for each weight of attention: one where <see cref="IModelOperations{T}.SelfAttend"/> computes it, three where it is computed in steps.</summary>
    public virtual int KeptForWeight => 1;

    /// <summary>The same architecture with other dropout probabilities.</summary>
    public abstract Architecture With(EncoderConfig config);

    /// <summary>All parameters of the model, from the input up.</summary>
    /// <param name="head">The head.</param>
    /// <param name="outputs">Number of outputs of the head; a <see cref="HeadKind.MaskedLanguage"/> head has one for each token of the vocabulary.</param>
    public IReadOnlyList<ParameterDefinition> Parameters(HeadKind head, int outputs) => [.. EncoderParameters(head), .. HeadParameters(head, outputs)];

    /// <summary>The model's outputs.</summary>
    /// <param name="operations">Computes them.</param>
    /// <param name="head">The head.</param>
    /// <param name="firstLayer">The layer to begin with.</param>
    /// <param name="hidden">What <see cref="EncodeBelow"/> returns for that layer; <see langword="null"/> to begin with the tokens.</param>
    /// <returns>[rows, outputs] of a sequence head, [wanted tokens, outputs] of the others.</returns>
    public T Forward<T>(IModelOperations<T> operations, HeadKind head, int firstLayer = 0, T? hidden = null)
        where T : class
    {
        var read = AnswersFromFirstToken(head) ? LayerTokens.First : head == HeadKind.Sequence ? LayerTokens.All : LayerTokens.Wanted;
        hidden = ApplyLayers(operations, hidden, firstLayer, Config.LayerCount, read);
        var encoded = FinishEncoding(operations, firstLayer < Config.LayerCount ? hidden : operations.Read(hidden, read));
        return head switch
        {
            HeadKind.Sequence => ClassifySequences(operations, encoded),
            HeadKind.Token => ClassifyTokens(operations, encoded),
            _ => PredictTokens(operations, encoded),
        };
    }

    /// <summary>The hidden states that a layer reads, from which <see cref="Forward"/> can go on.</summary>
    /// <param name="operations">Computes them.</param>
    /// <param name="head">The head.</param>
    /// <param name="layer">The layer; the number of layers for what the last one leaves.</param>
    /// <returns>[rows × tokens, hidden]; [rows, hidden] of the last layer where <see cref="AnswersFromFirstToken"/>.</returns>
    public T EncodeBelow<T>(IModelOperations<T> operations, HeadKind head, int layer)
        where T : class
        => ApplyLayers(operations, hidden: null, firstLayer: 0, layer, AnswersFromFirstToken(head) ? LayerTokens.First : LayerTokens.All);

    /// <summary>The encoder's output for every real token, for losses that none of the heads has. [real tokens, hidden]</summary>
    public T EncodeTokens<T>(IModelOperations<T> operations)
        where T : class
        => FinishEncoding(operations, ApplyLayers(operations, hidden: null, firstLayer: 0, Config.LayerCount, LayerTokens.All));

    /// <summary>The outputs of the head that predicts masked tokens, for some of the encoder's outputs. [tokens, hidden] to [tokens, vocabulary]</summary>
    public T PredictVocabulary<T>(IModelOperations<T> operations, T hidden)
        where T : class
        => PredictTokens(operations, hidden);

    /// <summary>Whether a head reads nothing but the first token of what the last layer leaves.</summary>
    public bool AnswersFromFirstToken(HeadKind head) => head == HeadKind.Sequence && ReadsFirstTokenOnly;

    /// <summary>Any parameter of the embeddings.</summary>
    public abstract string EmbeddingsPart { get; }

    /// <summary>Any parameter of a layer.</summary>
    /// <param name="layer">The layer, from 0 at the bottom; of <see cref="EncoderConfig.LayerCount"/>, also where layers share parameters.</param>
    public abstract string LayerPart(int layer);

    /// <summary>Whether the sequence head reads nothing but the first token. The last layer then computes one query per row: exact, and much cheaper.</summary>
    protected virtual bool ReadsFirstTokenOnly => true;

    /// <summary>The encoder's parameters, with the pooler where the head reads it.</summary>
    protected abstract IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head);

    /// <summary>The head's parameters.</summary>
    protected abstract IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs);

    /// <summary>What the first layer reads. [rows × tokens, hidden]</summary>
    protected abstract T Embed<T>(IModelOperations<T> operations)
        where T : class;

    /// <summary>What all layers are told of the distances between tokens, made once for all of them; <see langword="null"/> where they are told nothing.</summary>
    protected virtual T? EmbedDistances<T>(IModelOperations<T> operations)
        where T : class
        => null;

    /// <summary>One layer.</summary>
    /// <param name="operations">Computes it.</param>
    /// <param name="layer">The layer, from 0 at the bottom.</param>
    /// <param name="hidden">[rows × tokens, hidden]</param>
    /// <param name="distances">What <see cref="EmbedDistances"/> returned.</param>
    /// <param name="read">The tokens whose vectors are read of the result.</param>
    /// <returns>[<paramref name="read"/>, hidden]</returns>
    protected abstract T ApplyLayer<T>(IModelOperations<T> operations, int layer, T hidden, T? distances, LayerTokens read)
        where T : class;

    /// <summary>What follows the last layer; nothing in most families.</summary>
    protected virtual T FinishEncoding<T>(IModelOperations<T> operations, T hidden)
        where T : class
        => hidden;

    /// <summary>The sequence head. [rows, hidden] to [rows, outputs]</summary>
    protected abstract T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
        where T : class;

    /// <summary>The token head. [tokens, hidden] to [tokens, outputs]</summary>
    protected abstract T ClassifyTokens<T>(IModelOperations<T> operations, T hidden)
        where T : class;

    /// <summary>The head that predicts masked tokens. [tokens, hidden] to [tokens, vocabulary]</summary>
    protected abstract T PredictTokens<T>(IModelOperations<T> operations, T hidden)
        where T : class;

    private T ApplyLayers<T>(IModelOperations<T> operations, T? hidden, int firstLayer, int endLayer, LayerTokens read)
        where T : class
    {
        T? distances;
        using (operations.Part(EmbeddingsPart))
        {
            hidden ??= Embed(operations);
            distances = EmbedDistances(operations);
        }

        foreach (var layer in Enumerable.Range(firstLayer, Math.Max(0, endLayer - firstLayer)))
        {
            using (operations.Part(LayerPart(layer)))
            {
                hidden = operations.Layer((input, told) => ApplyLayer(operations, layer, input, told, layer == Config.LayerCount - 1 ? read : LayerTokens.All), hidden, distances);
            }
        }

        return hidden;
    }
}
