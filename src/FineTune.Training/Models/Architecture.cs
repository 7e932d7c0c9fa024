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

    /// <summary>The same architecture with other dropout probabilities.</summary>
    public abstract Architecture With(EncoderConfig config);

    /// <summary>All parameters of the model, from the input up.</summary>
    /// <param name="head">The head.</param>
    /// <param name="outputs">Number of outputs of the head; a <see cref="HeadKind.MaskedLanguage"/> head has one for each token of the vocabulary.</param>
    public IReadOnlyList<ParameterDefinition> Parameters(HeadKind head, int outputs) => [.. EncoderParameters(head), .. HeadParameters(head, outputs)];

    /// <summary>The model's outputs.</summary>
    /// <returns>[rows, outputs] of a sequence head, [wanted tokens, outputs] of the others.</returns>
    public T Forward<T>(IModelOperations<T> operations, HeadKind head)
        where T : class
        => head switch
        {
            HeadKind.Sequence => ClassifySequences(operations, Encode(operations, ReadsFirstTokenOnly)),
            HeadKind.Token => ClassifyTokens(operations, operations.WantedTokens(Encode(operations, firstTokenOnly: false))),
            _ => PredictTokens(operations, operations.WantedTokens(Encode(operations, firstTokenOnly: false))),
        };

    /// <summary>The encoder's output for every token, for losses that none of the heads has. [rows × tokens, hidden]</summary>
    public T EncodeTokens<T>(IModelOperations<T> operations)
        where T : class
        => Encode(operations, firstTokenOnly: false);

    /// <summary>The outputs of the head that predicts masked tokens, for some of the encoder's outputs. [tokens, hidden] to [tokens, vocabulary]</summary>
    public T PredictVocabulary<T>(IModelOperations<T> operations, T hidden)
        where T : class
        => PredictTokens(operations, hidden);

    /// <summary>Whether the sequence head reads nothing but the first token. The last layer then computes one query per row: exact, and much cheaper.</summary>
    protected virtual bool ReadsFirstTokenOnly => true;

    /// <summary>The encoder's parameters, with the pooler where the head reads it.</summary>
    protected abstract IEnumerable<ParameterDefinition> EncoderParameters(HeadKind head);

    /// <summary>The head's parameters.</summary>
    protected abstract IEnumerable<ParameterDefinition> HeadParameters(HeadKind head, int outputs);

    /// <summary>The encoder's output.</summary>
    /// <returns>[rows × tokens, hidden], or [rows, hidden] with <paramref name="firstTokenOnly"/>.</returns>
    protected abstract T Encode<T>(IModelOperations<T> operations, bool firstTokenOnly)
        where T : class;

    /// <summary>The sequence head. [rows, hidden] to [rows, outputs]</summary>
    protected abstract T ClassifySequences<T>(IModelOperations<T> operations, T hidden)
        where T : class;

    /// <summary>The token head. [tokens, hidden] to [tokens, outputs]</summary>
    protected abstract T ClassifyTokens<T>(IModelOperations<T> operations, T hidden)
        where T : class;

    /// <summary>The head that predicts masked tokens. [tokens, hidden] to [tokens, vocabulary]</summary>
    protected abstract T PredictTokens<T>(IModelOperations<T> operations, T hidden)
        where T : class;
}
