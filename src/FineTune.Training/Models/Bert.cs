using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Training.Models;

/// <summary>
/// BERT (Devlin et al., 2019): embeddings, a stack of post-normalized transformer layers, and the heads on top. A pure function of parameters, tokens and dropout;
/// the parameters have Hugging Face's names.
/// </summary>
/// <param name="config">The shape.</param>
/// <param name="parameters">The parameters, 32-bit floats.</param>
/// <param name="productType">The number format of the matrix products; everything else is in 32-bit floats, as with PyTorch's autocast.</param>
internal sealed class Bert(BertConfig config, ParameterSet parameters, ScalarType productType = ScalarType.Float32)
{
    private const string Embeddings = "bert.embeddings";
    private const string Pooler = "bert.pooler.dense";
    private const string Classifier = "classifier";
    private const string Transform = "cls.predictions.transform";
    private const string Decoder = "cls.predictions";

    /// <summary>The parameters of encoder, pooler and a classifier for <paramref name="labelCount"/> labels.</summary>
    public static IReadOnlyList<ParameterDefinition> ForClassification(BertConfig config, int labelCount)
        => [.. Encoder(config), .. Dense(Classifier, labelCount, config.HiddenSize)];

    /// <summary>The parameters of encoder, pooler and the head that predicts masked tokens. The decoder shares the word embeddings.</summary>
    public static IReadOnlyList<ParameterDefinition> ForMaskedLanguageModeling(BertConfig config)
        =>
        [
            .. Encoder(config),
            .. Dense($"{Transform}.dense", config.HiddenSize, config.HiddenSize),
            .. Normalization($"{Transform}.LayerNorm", config.HiddenSize),
            new($"{Decoder}.bias", [config.VocabularySize], ParameterInitialization.Zeros),
        ];

    /// <summary>The logits of each row's label.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
    /// <returns>[rows, labels]</returns>
    public Tensor Classify(TokenBatch batch, Dropout? dropout)
    {
        var hidden = Encode(batch, dropout, firstTokenOnly: true);              // [rows, 1, hidden]
        var pooled = Drop(Pool(hidden), config.ClassifierDropout ?? config.HiddenDropout, dropout);
        return Linear(Classifier, pooled).to(ScalarType.Float32);
    }

    /// <summary>The encoder's output.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
    /// <param name="firstTokenOnly">Whether only the first token's output is needed. The last layer then computes one query per row: exact, and much cheaper.</param>
    /// <returns>[rows, tokens or 1, hidden]</returns>
    public Tensor Encode(TokenBatch batch, Dropout? dropout, bool firstTokenOnly = false)
    {
        // What is frozen is in evaluation mode: no dropout; and no gradients where nothing below is trained.
        var trained = parameters.IsTrainable($"{Embeddings}.word_embeddings.weight");
        Tensor hidden;
        using (set_grad_enabled(is_grad_enabled() && trained))
        {
            hidden = Embed(batch.InputIds, trained ? dropout : null);
        }

        var gradients = trained;
        var attend = batch.AttentionMask?.view(batch.AttentionMask.shape[0], 1, 1, -1); // [rows, 1, 1, tokens]
        for (var i = 0; i < config.LayerCount; i++)
        {
            trained = parameters.IsTrainable($"{LayerName(i)}.output.dense.weight");
            gradients |= trained;
            using (set_grad_enabled(is_grad_enabled() && gradients))
            {
                hidden = Layer(LayerName(i), hidden, attend, trained ? dropout : null, firstTokenOnly && i == config.LayerCount - 1);
            }
        }

        return hidden;
    }

    /// <summary>One vector per row, made of the first token's output.</summary>
    /// <returns>[rows, hidden]</returns>
    public Tensor Pool(Tensor hidden) => Linear(Pooler, hidden.select(1, 0)).tanh();

    /// <summary>The logits of each vector's token.</summary>
    /// <param name="vectors">[count, hidden]</param>
    /// <returns>[count, vocabulary]</returns>
    public Tensor PredictTokens(Tensor vectors)
    {
        var transformed = Normalize($"{Transform}.LayerNorm", Activate(Linear($"{Transform}.dense", vectors)));
        return functional.linear(transformed, parameters[$"{Embeddings}.word_embeddings.weight"], parameters[$"{Decoder}.bias"]);
    }

    private Tensor Embed(Tensor ids, Dropout? dropout)
    {
        var words = parameters[$"{Embeddings}.word_embeddings.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1); // [rows, tokens, hidden]
        var positions = parameters[$"{Embeddings}.position_embeddings.weight"].narrow(0, 0, ids.shape[1]); // [tokens, hidden]
        var segment = parameters[$"{Embeddings}.token_type_embeddings.weight"].select(0, 0);               // [hidden]
        return Drop(Normalize($"{Embeddings}.LayerNorm", words.Plus(segment).Plus(positions)), config.HiddenDropout, dropout);
    }

    private Tensor Layer(string name, Tensor hidden, Tensor? attend, Dropout? dropout, bool firstTokenOnly)
    {
        var input = firstTokenOnly ? hidden.narrow(1, 0, 1) : hidden;           // [rows, queries, hidden]
        var context = Attend($"{name}.attention.self", input, hidden, attend, dropout);
        var projected = Drop(Linear($"{name}.attention.output.dense", context), config.HiddenDropout, dropout);
        var attended = Normalize($"{name}.attention.output.LayerNorm", projected.Plus(input));

        var inner = Activate(Linear($"{name}.intermediate.dense", attended));   // [rows, queries, intermediate]
        var output = Drop(Linear($"{name}.output.dense", inner), config.HiddenDropout, dropout);
        return Normalize($"{name}.output.LayerNorm", output.Plus(attended));
    }

    private Tensor Attend(string name, Tensor input, Tensor hidden, Tensor? attend, Dropout? dropout)
    {
        var query = SplitHeads(Linear($"{name}.query", input));                 // [rows, heads, queries, head]
        var key = SplitHeads(Linear($"{name}.key", hidden));                    // [rows, heads, tokens, head]
        var value = SplitHeads(Linear($"{name}.value", hidden));                // [rows, heads, tokens, head]
        if (dropout is null || config.AttentionDropout == 0)
        {
            return JoinHeads(functional.scaled_dot_product_attention(query, key, value, attend));
        }

        // The same in steps, because the mask of our own dropout belongs between them.
        var scores = query.matmul(key.transpose(-1, -2)).Times(1 / Math.Sqrt(config.HeadSize)); // [rows, heads, queries, tokens]
        if (attend is not null)
        {
            scores = scores.Fill(attend.logical_not(), float.NegativeInfinity);
        }

        var weights = Drop(scores.softmax(-1, ScalarType.Float32), config.AttentionDropout, dropout);
        return JoinHeads(weights.to(productType).matmul(value));
    }

    private Tensor SplitHeads(Tensor vectors)
        => vectors.view(vectors.shape[0], vectors.shape[1], config.HeadCount, config.HeadSize).transpose(1, 2);

    private Tensor JoinHeads(Tensor heads)
        => heads.transpose(1, 2).reshape(heads.shape[0], heads.shape[2], config.HiddenSize);

    private Tensor Activate(Tensor values) => config.HiddenActivation switch
    {
        "gelu" => functional.gelu(values),
        "relu" => functional.relu(values),
        // tanh approximation: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
        _ => values.Times(0.5).mul(values.Plus(values.mul(values).mul(values).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI)).tanh().Plus(1)),
    };

    private Tensor Linear(string name, Tensor input)
        => functional.linear(input.to(productType), parameters[$"{name}.weight"].to(productType), parameters[$"{name}.bias"].to(productType));

    private Tensor Normalize(string name, Tensor input)
        => functional.layer_norm(input.to(ScalarType.Float32), [config.HiddenSize], parameters[$"{name}.weight"], parameters[$"{name}.bias"], config.LayerNormEpsilon);

    private static Tensor Drop(Tensor values, double probability, Dropout? dropout) => dropout?.Apply(values, probability) ?? values;

    private static string LayerName(int index) => $"bert.encoder.layer.{index}";

    private static IEnumerable<ParameterDefinition> Encoder(BertConfig config)
    {
        var hidden = config.HiddenSize;
        yield return new($"{Embeddings}.word_embeddings.weight", [config.VocabularySize, hidden], ParameterInitialization.Normal);
        yield return new($"{Embeddings}.position_embeddings.weight", [config.MaxPositions, hidden], ParameterInitialization.Normal);
        yield return new($"{Embeddings}.token_type_embeddings.weight", [config.TypeVocabularySize, hidden], ParameterInitialization.Normal);
        IEnumerable<ParameterDefinition> rest =
        [
            .. Normalization($"{Embeddings}.LayerNorm", hidden),
            .. Enumerable.Range(0, config.LayerCount).SelectMany(i => EncoderLayer(LayerName(i), config)),
            .. Dense(Pooler, hidden, hidden),
        ];
        foreach (var definition in rest)
        {
            yield return definition;
        }
    }

    private static IEnumerable<ParameterDefinition> EncoderLayer(string name, BertConfig config)
        =>
        [
            .. Dense($"{name}.attention.self.query", config.HiddenSize, config.HiddenSize),
            .. Dense($"{name}.attention.self.key", config.HiddenSize, config.HiddenSize),
            .. Dense($"{name}.attention.self.value", config.HiddenSize, config.HiddenSize),
            .. Dense($"{name}.attention.output.dense", config.HiddenSize, config.HiddenSize),
            .. Normalization($"{name}.attention.output.LayerNorm", config.HiddenSize),
            .. Dense($"{name}.intermediate.dense", config.IntermediateSize, config.HiddenSize),
            .. Dense($"{name}.output.dense", config.HiddenSize, config.IntermediateSize),
            .. Normalization($"{name}.output.LayerNorm", config.HiddenSize),
        ];

    private static ParameterDefinition[] Dense(string name, int outputs, int inputs)
        =>
        [
            new($"{name}.weight", [outputs, inputs], ParameterInitialization.Normal),
            new($"{name}.bias", [outputs], ParameterInitialization.Zeros),
        ];

    private static ParameterDefinition[] Normalization(string name, int size)
        =>
        [
            new($"{name}.weight", [size], ParameterInitialization.Ones),
            new($"{name}.bias", [size], ParameterInitialization.Zeros),
        ];
}
