using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>The shape and the constants of a BERT encoder: what a Hugging Face <c>config.json</c> of <c>model_type</c> <c>bert</c> says.</summary>
internal sealed record BertConfig
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

    /// <summary>Longest input in tokens (<c>max_position_embeddings</c>).</summary>
    public int MaxPositions { get; init; } = 512;

    /// <summary>Number of segment embeddings (<c>type_vocab_size</c>).</summary>
    public int TypeVocabularySize { get; init; } = 2;

    /// <summary>Added to the variance in layer normalization (<c>layer_norm_eps</c>).</summary>
    public double LayerNormEpsilon { get; init; } = 1e-12;

    /// <summary>Dropout after embeddings, attention output and feed-forward output (<c>hidden_dropout_prob</c>).</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Dropout of attention weights (<c>attention_probs_dropout_prob</c>).</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Dropout before the classifier (<c>classifier_dropout</c>); <see langword="null"/> for <see cref="HiddenDropout"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Standard deviation of newly initialized weights (<c>initializer_range</c>).</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The feed-forward layer's nonlinearity (<c>hidden_act</c>): <c>gelu</c>, <c>gelu_new</c>, <c>gelu_pytorch_tanh</c> or <c>relu</c>.</summary>
    public string HiddenActivation { get; init; } = "gelu";

    /// <summary>The id that fills a batch (<c>pad_token_id</c>).</summary>
    public int PaddingId { get; init; }

    /// <summary>Width of one attention head.</summary>
    public int HeadSize => HiddenSize / HeadCount;

    private static readonly string[] SupportedActivations = ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu"];

    /// <summary>Reads a Hugging Face <c>config.json</c>. Keys that may be absent take the values of Hugging Face's <c>BertConfig</c>.</summary>
    /// <exception cref="FineTuneException">FT2020: not readable; FT2021: a key is missing or its value is impossible; FT2022: not a BERT that this release supports.</exception>
    public static BertConfig Read(string configJsonPath)
    {
        using var document = Parse(configJsonPath);
        var root = document.RootElement;
        var keys = new ConfigKeys(root, configJsonPath);

        var modelType = keys.Text("model_type", "");
        if (modelType != "bert")
        {
            throw new FineTuneException("FT2022", $"The base model is of type '{modelType}' (key 'model_type'); this release fine-tunes 'bert'. Choose a BERT model.", keys.Location);
        }

        var positions = keys.Text("position_embedding_type", "absolute");
        if (positions != "absolute")
        {
            throw new FineTuneException("FT2022", $"The base model uses '{positions}' positions (key 'position_embedding_type'); this release supports 'absolute'. Choose another base model.", keys.Location);
        }

        var activation = keys.Text("hidden_act", "gelu");
        if (!SupportedActivations.Contains(activation))
        {
            throw new FineTuneException("FT2022", $"The base model uses the activation '{activation}' (key 'hidden_act'); supported are {string.Join(", ", SupportedActivations)}. Choose another base model.", keys.Location);
        }

        var config = new BertConfig
        {
            VocabularySize = keys.Count("vocab_size"),
            HiddenSize = keys.Count("hidden_size"),
            LayerCount = keys.Count("num_hidden_layers"),
            HeadCount = keys.Count("num_attention_heads"),
            IntermediateSize = keys.Count("intermediate_size"),
            MaxPositions = keys.Count("max_position_embeddings", 512),
            TypeVocabularySize = keys.Count("type_vocab_size", 2),
            LayerNormEpsilon = keys.Number("layer_norm_eps", 1e-12, minimum: 0, maximum: 1),
            HiddenDropout = keys.Number("hidden_dropout_prob", 0.1, minimum: 0, maximum: 0.999),
            AttentionDropout = keys.Number("attention_probs_dropout_prob", 0.1, minimum: 0, maximum: 0.999),
            ClassifierDropout = keys.Has("classifier_dropout") ? keys.Number("classifier_dropout", 0, minimum: 0, maximum: 0.999) : null,
            InitializerRange = keys.Number("initializer_range", 0.02, minimum: 0, maximum: 10),
            HiddenActivation = activation,
            PaddingId = keys.Has("pad_token_id") ? keys.Count("pad_token_id", 0, minimum: 0) : 0,
        };

        if (config.HiddenSize % config.HeadCount != 0)
        {
            throw new FineTuneException("FT2021", $"'hidden_size' ({config.HiddenSize}) must be a multiple of 'num_attention_heads' ({config.HeadCount}). The file is damaged or was edited; restore the original config.json.", keys.Location);
        }

        if (config.PaddingId >= config.VocabularySize)
        {
            throw new FineTuneException("FT2021", $"'pad_token_id' ({config.PaddingId}) must be below 'vocab_size' ({config.VocabularySize}). The file is damaged or was edited; restore the original config.json.", keys.Location);
        }

        return config;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new FineTuneException("FT2020", "The file holds no JSON object. A Hugging Face config.json is expected; download the base model again.", new SourceLocation(path, 1, 1));
        }
        catch (JsonException exception)
        {
            var location = new SourceLocation(path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            throw new FineTuneException("FT2020", "The file is not valid JSON. A Hugging Face config.json is expected; download the base model again.", location, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException("FT2020", $"The base model's configuration cannot be read: {exception.Message} The folder must hold config.json, model.safetensors and the tokenizer's files.", new SourceLocation(path), exception);
        }
    }

    /// <summary>Reads keys of one object; a missing key or an impossible value names the key.</summary>
    private sealed class ConfigKeys(JsonElement root, string path)
    {
        public SourceLocation Location { get; } = new(path);

        public bool Has(string key) => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

        public string Text(string key, string fallback)
        {
            if (!Has(key))
            {
                return fallback;
            }

            var value = root.GetProperty(key);
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Impossible(key, value, "a text");
        }

        public int Count(string key, int? fallback = null, int minimum = 1)
        {
            if (!Has(key))
            {
                return fallback ?? throw new FineTuneException("FT2021", $"The key '{key}' is missing. Without it the model's shape is unknown; restore the original config.json.", Location);
            }

            var value = root.GetProperty(key);
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum
                ? number
                : throw Impossible(key, value, $"a whole number of at least {minimum}");
        }

        public double Number(string key, double fallback, double minimum, double maximum)
        {
            if (!Has(key))
            {
                return fallback;
            }

            var value = root.GetProperty(key);
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= minimum && number <= maximum
                ? number
                : throw Impossible(key, value, $"a number from {minimum} to {maximum}");
        }

        private FineTuneException Impossible(string key, JsonElement value, string expected)
            => new("FT2021", $"The key '{key}' is {value.GetRawText()}; expected is {expected}. The file is damaged or was edited; restore the original config.json.", Location);
    }
}
