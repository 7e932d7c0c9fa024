using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>The three heads of RoBERTa (Liu et al., 2019), which MPNet took over with the names of their weights.</summary>
internal static class RobertaHeads
{
    private const string Classifier = "classifier";
    private const string LanguageHead = "lm_head";

    /// <summary>The head's parameters.</summary>
    public static IEnumerable<ParameterDefinition> Parameters(HeadKind head, int outputs, EncoderConfig config) => head switch
    {
        HeadKind.Sequence => [.. Linear($"{Classifier}.dense", config.HiddenSize, config.HiddenSize), .. Linear($"{Classifier}.out_proj", outputs, config.HiddenSize)],
        HeadKind.Token => Linear(Classifier, outputs, config.HiddenSize),
        _ =>
        [
            .. Linear($"{LanguageHead}.dense", config.HiddenSize, config.HiddenSize),
            .. Normalization($"{LanguageHead}.layer_norm", config.HiddenSize),
            new($"{LanguageHead}.bias", [config.VocabularySize], ParameterInitialization.Zeros),
        ],
    };

    /// <summary>[rows, hidden] to [rows, outputs]</summary>
    public static T ClassifySequences<T>(IModelOperations<T> operations, EncoderConfig config, T hidden)
        where T : class
    {
        var dense = operations.Linear($"{Classifier}.dense", Drop(operations, config, hidden));
        return operations.Linear($"{Classifier}.out_proj", Drop(operations, config, operations.Activate(Activations.Tanh, dense)));
    }

    /// <summary>[tokens, hidden] to [tokens, outputs]</summary>
    public static T ClassifyTokens<T>(IModelOperations<T> operations, EncoderConfig config, T hidden)
        where T : class
        => operations.Linear(Classifier, Drop(operations, config, hidden));

    /// <summary>[tokens, hidden] to [tokens, vocabulary]; the decoder shares the word embeddings.</summary>
    public static T PredictTokens<T>(IModelOperations<T> operations, EncoderConfig config, string wordEmbeddings, T hidden)
        where T : class
    {
        var transformed = operations.Activate(Activations.Gelu, operations.Linear($"{LanguageHead}.dense", hidden)); // whatever hidden_act says
        var normalized = operations.Normalize($"{LanguageHead}.layer_norm", transformed, config.LayerNormEpsilon);
        return operations.Linear(wordEmbeddings, $"{LanguageHead}.bias", normalized);
    }

    private static T Drop<T>(IModelOperations<T> operations, EncoderConfig config, T values)
        where T : class
        => operations.Drop(values, config.ClassifierDropout ?? config.HiddenDropout);
}
