using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>What ModernBERT has beyond the common shape. The names in brackets are the keys of its <c>config.json</c>.</summary>
internal sealed record ModernBertSettings
{
    /// <summary>For each layer, whether its tokens see all others (<c>layer_types</c>, or <c>global_attn_every_n_layers</c> in older files).</summary>
    public required IReadOnlyList<bool> SeesAll { get; init; }

    /// <summary>How many tokens away tokens of the other layers still see others: half of <c>local_attention</c>.</summary>
    public required int LocalReach { get; init; }

    /// <summary>The base of the rotary wavelengths in layers that see all (<c>rope_parameters</c>, or <c>global_rope_theta</c> in older files).</summary>
    public required double GlobalTheta { get; init; }

    /// <summary>The same in the other layers (<c>rope_parameters</c>, or <c>local_rope_theta</c>).</summary>
    public required double LocalTheta { get; init; }

    /// <summary>Whether normalizations have a bias (<c>norm_bias</c>).</summary>
    public required bool NormBias { get; init; }

    /// <summary>Whether the linear layers of attention have a bias (<c>attention_bias</c>).</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>Whether the linear layers of the feed-forward part have a bias (<c>mlp_bias</c>).</summary>
    public required bool FeedForwardBias { get; init; }

    /// <summary>Whether the heads' dense layer has a bias (<c>classifier_bias</c>).</summary>
    public required bool HeadBias { get; init; }

    /// <summary>The activation of the heads' dense layer (<c>classifier_activation</c>).</summary>
    public required string HeadActivation { get; init; }

    /// <summary>Whether the prediction of masked tokens has a bias (<c>decoder_bias</c>).</summary>
    public required bool DecoderBias { get; init; }

    /// <summary>Whether the prediction of masked tokens shares the weights of the token embeddings (<c>tie_word_embeddings</c>).</summary>
    public required bool SharesEmbeddings { get; init; }

    /// <summary>Whether texts are classified by the mean of their tokens instead of by the first (<c>classifier_pooling</c>).</summary>
    public required bool PoolsMean { get; init; }

    /// <summary>How many standard deviations from 0 new weights lie at most (<c>initializer_cutoff_factor</c>).</summary>
    public required double InitializerCutoff { get; init; }

    /// <summary>Reads the keys. Keys that may be absent take the values of Hugging Face's <c>ModernBertConfig</c>.</summary>
    /// <exception cref="FineTuneException">FT2021: a value is impossible; FT2022: something that this release does not compute.</exception>
    public static ModernBertSettings Read(ConfigKeys keys, int layerCount)
    {
        keys.Require("rope_scaling", !keys.Has("rope_scaling"), "rotary positions without scaling (null)");
        var rotary = keys.Section("rope_parameters");
        var pooling = keys.Text("classifier_pooling", "cls");
        keys.Require("classifier_pooling", pooling is "cls" or "mean", "cls and mean");
        return new ModernBertSettings
        {
            SeesAll = ReadLayerTypes(keys, layerCount),
            LocalReach = keys.Count("local_attention", 128) / 2,
            GlobalTheta = ReadTheta(keys, rotary?.Section("full_attention"), "global_rope_theta", 160_000),
            LocalTheta = ReadTheta(keys, rotary?.Section("sliding_attention"), "local_rope_theta", 10_000),
            NormBias = keys.Flag("norm_bias", false),
            AttentionBias = keys.Flag("attention_bias", false),
            FeedForwardBias = keys.Flag("mlp_bias", false),
            HeadBias = keys.Flag("classifier_bias", false),
            HeadActivation = keys.Activation("classifier_activation", Activations.Gelu),
            DecoderBias = keys.Flag("decoder_bias", true),
            SharesEmbeddings = keys.Flag("tie_word_embeddings", true),
            PoolsMean = pooling == "mean",
            InitializerCutoff = keys.Number("initializer_cutoff_factor", 2, minimum: 0.1, maximum: 100),
        };
    }

    private static IReadOnlyList<bool> ReadLayerTypes(ConfigKeys keys, int layerCount)
    {
        const string All = "full_attention", Near = "sliding_attention";
        if (keys.Texts("layer_types") is not { } types)
        {
            var period = keys.Count("global_attn_every_n_layers", 3);
            return [.. Enumerable.Range(0, layerCount).Select(layer => layer % period == 0)];
        }

        keys.Require("layer_types", types.All(type => type is All or Near), $"{All} and {Near}");
        return types.Count == layerCount
            ? [.. types.Select(type => type == All)]
            : throw new FineTuneException("FT2021", $"'layer_types' names {types.Count} layers, but 'num_hidden_layers' is {layerCount}. The file is damaged or was edited; restore the original config.json.", keys.Location);
    }

    private static double ReadTheta(ConfigKeys keys, ConfigKeys? rotary, string olderKey, double fallback)
    {
        rotary?.Require("rope_type", rotary.Text("rope_type", "default") == "default", "rotary positions without scaling (default)");
        return rotary?.Has("rope_theta") == true ? Theta(rotary, "rope_theta") : Theta(keys, olderKey);

        double Theta(ConfigKeys from, string key) => from.Number(key, fallback, minimum: 1, maximum: 1e12);
    }
}
