using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>What DeBERTa has beyond the common shape. The names in brackets are the keys of its <c>config.json</c>.</summary>
internal sealed record DebertaSettings
{
    /// <summary>Whether it is version 1 (<c>model_type</c>), which has one projection for queries, keys and values together.</summary>
    public required bool IsFirstVersion { get; init; }

    /// <summary>Whether the embeddings hold absolute positions (<c>position_biased_input</c>).</summary>
    public required bool HasPositionEmbeddings { get; init; }

    /// <summary>Whether attention knows the distances between tokens (<c>relative_attention</c>).</summary>
    public required bool HasDistances { get; init; }

    /// <summary>Whether contents of queries meet distances of keys (<c>c2p</c> in <c>pos_att_type</c>).</summary>
    public required bool ContentToPosition { get; init; }

    /// <summary>Whether contents of keys meet distances of queries (<c>p2c</c> in <c>pos_att_type</c>).</summary>
    public required bool PositionToContent { get; init; }

    /// <summary>Whether contents and distances share the projections to queries and keys (<c>share_att_key</c>).</summary>
    public required bool SharesProjections { get; init; }

    /// <summary>Whether the embeddings of distances are normalized (<c>norm_rel_ebd</c>).</summary>
    public required bool NormalizesDistances { get; init; }

    /// <summary>Number of embeddings of distances: twice <c>position_buckets</c>, or twice <c>max_relative_positions</c> without buckets.</summary>
    public required int DistanceCount { get; init; }

    /// <summary>The embedding of each distance, from the longest input's down; see <see cref="IModelOperations{T}.LinearByDistance"/>.</summary>
    public required IReadOnlyList<int> DistanceRows { get; init; }

    /// <summary>The pooler's activation (<c>pooler_hidden_act</c>).</summary>
    public required string PoolerActivation { get; init; }

    /// <summary>Whether the head for masked tokens is BERT's (<c>legacy</c>), or DeBERTa's own.</summary>
    public required bool HasBertHead { get; init; }

    /// <summary>Reads the keys. Keys that may be absent take the values of Hugging Face's <c>DebertaConfig</c> and <c>DebertaV2Config</c>.</summary>
    /// <exception cref="FineTuneException">FT2021: a value is impossible; FT2022: something that this release does not compute.</exception>
    public static DebertaSettings Read(ConfigKeys keys, EncoderConfig config, bool isFirstVersion)
    {
        keys.Require("conv_kernel_size", !keys.Has("conv_kernel_size") || keys.Count("conv_kernel_size", 0, minimum: 0) == 0, "models without a convolution (0)");
        RequireSame("embedding_size", config.HiddenSize);
        RequireSame("pooler_hidden_size", config.HiddenSize);
        RequireSame("attention_head_size", config.HeadSize);
        keys.Require("tie_word_embeddings", keys.Flag("tie_word_embeddings", true), "heads that share the word embeddings (true)");

        keys.Require("talking_head", !keys.Flag("talking_head", false), "heads that attend on their own (false)");

        // Version 1 has neither normalized distances nor buckets.
        var distanceNorm = isFirstVersion ? "none" : keys.Text("norm_rel_ebd", "none").ToLowerInvariant();
        keys.Require("norm_rel_ebd", distanceNorm is "none" or "layer_norm", "none and layer_norm");
        var terms = ReadTerms(keys);
        var buckets = isFirstVersion ? -1 : keys.Count("position_buckets", -1, minimum: -1);
        keys.Require("position_buckets", buckets != 1, "2 or more, and -1 for none");
        var longest = keys.Count("max_relative_positions", -1, minimum: -1) is var given and > 0 ? given : config.MaxPositions;
        var span = buckets > 0 ? buckets : longest;
        return new DebertaSettings
        {
            IsFirstVersion = isFirstVersion,
            HasPositionEmbeddings = keys.Flag("position_biased_input", true),
            HasDistances = keys.Flag("relative_attention", false),
            ContentToPosition = terms.Contains("c2p"),
            PositionToContent = terms.Contains("p2c"),
            SharesProjections = !isFirstVersion && keys.Flag("share_att_key", false),
            NormalizesDistances = distanceNorm == "layer_norm",
            DistanceCount = 2 * span,
            DistanceRows = RelativePositions.Rows(span, buckets, longest, config.MaxPositions),
            PoolerActivation = keys.Activation("pooler_hidden_act", Activations.Gelu),
            HasBertHead = keys.Flag("legacy", true),
        };

        void RequireSame(string key, int size) => keys.Require(key, !keys.Has(key) || keys.Count(key) == size, $"{size}, which follows from 'hidden_size' and 'num_attention_heads'");
    }

    /// <summary>A list, or in older files a text with bars.</summary>
    private static IReadOnlyList<string> ReadTerms(ConfigKeys keys)
    {
        IReadOnlyList<string> terms = keys.IsText("pos_att_type")
            ? keys.Text("pos_att_type", "").ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : keys.Texts("pos_att_type") ?? [];
        keys.Require("pos_att_type", terms.All(term => term is "c2p" or "p2c"), "c2p and p2c");
        return terms;
    }
}
