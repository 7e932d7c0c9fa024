using static FineTune.Training.Models.ParameterDefinition;

namespace FineTune.Training.Models;

/// <summary>The post-normalized transformer layer of BERT (Devlin et al., 2019), which RoBERTa and ELECTRA took over with the names of its weights.</summary>
internal static class BertLayer
{
    /// <summary>The layer's parameters.</summary>
    public static IEnumerable<ParameterDefinition> Parameters(string name, EncoderConfig config) =>
    [
        .. Linear($"{name}.attention.self.query", config.HiddenSize, config.HiddenSize),
        .. Linear($"{name}.attention.self.key", config.HiddenSize, config.HiddenSize),
        .. Linear($"{name}.attention.self.value", config.HiddenSize, config.HiddenSize),
        .. Linear($"{name}.attention.output.dense", config.HiddenSize, config.HiddenSize),
        .. Normalization($"{name}.attention.output.LayerNorm", config.HiddenSize),
        .. Linear($"{name}.intermediate.dense", config.IntermediateSize, config.HiddenSize),
        .. Linear($"{name}.output.dense", config.HiddenSize, config.IntermediateSize),
        .. Normalization($"{name}.output.LayerNorm", config.HiddenSize),
    ];

    /// <summary>From [rows × tokens, hidden] to [<paramref name="read"/>, hidden].</summary>
    public static T Apply<T>(IModelOperations<T> operations, string name, EncoderConfig config, T hidden, LayerTokens read)
        where T : class
    {
        var input = operations.Queries(hidden, read);                                               // [rows × queries, hidden]
        var context = operations.SelfAttend(
            $"{name}.attention.self.query",
            $"{name}.attention.self.key",
            $"{name}.attention.self.value",
            input,
            hidden,
            config.HeadCount,
            1 / Math.Sqrt(config.HeadSize),
            config.AttentionDropout);
        var projected = operations.Drop(operations.Linear($"{name}.attention.output.dense", operations.Read(context, read)), config.HiddenDropout);
        var attended = operations.Normalize($"{name}.attention.output.LayerNorm", operations.Add(projected, operations.Read(input, read)), config.LayerNormEpsilon);

        var inner = operations.Activate(config.HiddenActivation, operations.Linear($"{name}.intermediate.dense", attended)); // [rows × queries, intermediate]
        var output = operations.Drop(operations.Linear($"{name}.output.dense", inner), config.HiddenDropout);
        return operations.Normalize($"{name}.output.LayerNorm", operations.Add(output, attended), config.LayerNormEpsilon);
    }
}
