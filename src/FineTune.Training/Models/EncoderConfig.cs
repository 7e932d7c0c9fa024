using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>The shape and the constants of an encoder: what all architectures have in common. The names in brackets are the usual keys of a Hugging Face <c>config.json</c>.</summary>
internal sealed record EncoderConfig
{
    /// <summary>Number of tokens in the vocabulary (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the hidden states (<c>hidden_size</c>).</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of encoder layers (<c>num_hidden_layers</c>).</summary>
    public required int LayerCount { get; init; }

    /// <summary>Attention heads per layer (<c>num_attention_heads</c>); divides <see cref="HiddenSize"/>.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Width of the feed-forward layer (<c>intermediate_size</c>).</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Longest input in tokens (<c>max_position_embeddings</c>, less the rows of the position table that no token has).</summary>
    public int MaxPositions { get; init; } = 512;

    /// <summary>The row of the position table that the first token has. A table has <see cref="FirstPosition"/> + <see cref="MaxPositions"/> rows.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Number of segment embeddings (<c>type_vocab_size</c>); 0 in families without.</summary>
    public int SegmentCount { get; init; } = 2;

    /// <summary>Added to the variance in layer normalization (<c>layer_norm_eps</c>).</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>Dropout after embeddings, attention output and feed-forward output (<c>hidden_dropout_prob</c>).</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Dropout of attention weights (<c>attention_probs_dropout_prob</c>).</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier (<c>classifier_dropout</c>); <see langword="null"/> for <see cref="HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Dropout of the embeddings, in families that have a probability of its own for it (<c>embedding_dropout</c>).</summary>
    public double EmbeddingDropout { get; init; }

    /// <summary>Dropout before the pooler, in families that have a probability of its own for it (<c>pooler_dropout</c>).</summary>
    public double PoolerDropout { get; init; }

    /// <summary>Standard deviation of newly initialized weights (<c>initializer_range</c>).</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The feed-forward layer's nonlinearity (<c>hidden_act</c>): <c>gelu</c>, <c>gelu_new</c>, <c>gelu_pytorch_tanh</c> or <c>relu</c>.</summary>
    public string HiddenActivation { get; init; } = "gelu";

    /// <summary>The id that fills a batch (<c>pad_token_id</c>).</summary>
    public int PaddingId { get; init; }

    /// <summary>Width of one attention head.</summary>
    public int HeadSize => HiddenSize / HeadCount;

    /// <summary>Reads the usual keys. Keys that may be absent take the values of Hugging Face's <c>BertConfig</c>.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="defaultPadding">The family's <c>pad_token_id</c> where the key is absent.</param>
    /// <exception cref="FineTuneException">FT2021: a key is missing or its value is impossible; FT2022: an activation that this release does not know.</exception>
    public static EncoderConfig Read(ConfigKeys keys, int defaultPadding = 0) => new EncoderConfig
    {
        VocabularySize = keys.Count("vocab_size"),
        HiddenSize = keys.Count("hidden_size"),
        LayerCount = keys.Count("num_hidden_layers"),
        HeadCount = keys.Count("num_attention_heads"),
        IntermediateSize = keys.Count("intermediate_size"),
        MaxPositions = keys.Count("max_position_embeddings", 512),
        SegmentCount = keys.Count("type_vocab_size", 2),
        LayerNormEpsilon = keys.Number("layer_norm_eps", 1e-12, minimum: 0, maximum: 1),
        HiddenDropout = keys.Probability("hidden_dropout_prob", 0.1),
        AttentionDropout = keys.Probability("attention_probs_dropout_prob", 0.1),
        ClassifierDropout = keys.Has("classifier_dropout") ? keys.Probability("classifier_dropout", 0) : null,
        InitializerRange = keys.Number("initializer_range", 0.02, minimum: 0, maximum: 10),
        HiddenActivation = keys.Activation("hidden_act", Activations.Gelu),
        PaddingId = keys.Count("pad_token_id", defaultPadding, minimum: 0),
    }.Checked(keys);

    /// <summary>The same for a family whose tokens begin at a later row of the position table: <c>max_position_embeddings</c> counts the rows before it, the longest input does not.</summary>
    /// <exception cref="FineTuneException">FT2021: no row is left.</exception>
    public EncoderConfig WithFirstPosition(int row, ConfigKeys keys)
        => MaxPositions > row
            ? this with { FirstPosition = row, MaxPositions = MaxPositions - row }
            : throw new FineTuneException("FT2021", $"'max_position_embeddings' ({MaxPositions}) must be above {row}: the rows up to there are not for tokens. The file is damaged or was edited; restore the original config.json.", keys.Location);

    /// <summary>This configuration, if its numbers fit together.</summary>
    /// <param name="keys">Where they come from.</param>
    /// <param name="hiddenSizeKey">What the family calls the width.</param>
    /// <param name="headCountKey">What the family calls the number of heads.</param>
    /// <exception cref="FineTuneException">FT2021: they do not.</exception>
    public EncoderConfig Checked(ConfigKeys keys, string hiddenSizeKey = "hidden_size", string headCountKey = "num_attention_heads")
    {
        if (HiddenSize % HeadCount != 0)
        {
            throw new FineTuneException("FT2021", $"'{hiddenSizeKey}' ({HiddenSize}) must be a multiple of '{headCountKey}' ({HeadCount}). The file is damaged or was edited; restore the original config.json.", keys.Location);
        }

        if (PaddingId >= VocabularySize)
        {
            throw new FineTuneException("FT2021", $"'pad_token_id' ({PaddingId}) must be below 'vocab_size' ({VocabularySize}). The file is damaged or was edited; restore the original config.json.", keys.Location);
        }

        return this;
    }

    /// <summary>The same with one probability for every dropout; <see langword="null"/> leaves them as they are.</summary>
    public EncoderConfig WithDropout(double? dropout)
        => dropout is { } probability
            ? this with { HiddenDropout = probability, AttentionDropout = probability, ClassifierDropout = probability, EmbeddingDropout = probability, PoolerDropout = probability }
            : this;
}
