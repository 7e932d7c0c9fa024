using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTune.Training.Strategies;

/// <summary>Where a parameter sits in the model, as its Hugging Face name tells.</summary>
/// <param name="Kind">Embeddings, encoder layer or head.</param>
/// <param name="Layer">The encoder layer, from 0 at the bottom; -1 elsewhere.</param>
internal sealed partial record ParameterPlace(ParameterPlaceKind Kind, int Layer)
{
    /// <summary>Reads the place from a name such as <c>bert.encoder.layer.0.attention.self.query.weight</c>. What is neither embeddings nor layer belongs to the head: pooler and classifier.</summary>
    public static ParameterPlace Of(string name)
    {
        var match = LayerNumber().Match(name);
        return match.Success ? new(ParameterPlaceKind.Layer, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            : BelowLayers().IsMatch(name) ? new(ParameterPlaceKind.Embeddings, -1)
            : new(ParameterPlaceKind.Head, -1);
    }

    /// <summary>Whether weight decay applies: not to biases and not to normalization weights. Hugging Face's Trainer goes by the same names, and by the types of the modules.</summary>
    public static bool Decays(string name) => !BiasOrNormalization().IsMatch(name);

    // bert.encoder.layer.0.…, model.layers.0.…, albert.encoder.albert_layer_groups.0.…
    [GeneratedRegex(@"\.(?:layer|layers|albert_layer_groups)\.(\d+)\.")]
    private static partial Regex LayerNumber();

    // bert.embeddings.…, electra.embeddings_project.…, deberta.encoder.rel_embeddings.…, albert.encoder.embedding_hidden_mapping_in.…, and what all layers share.
    [GeneratedRegex(@"embeddings[._]|embedding_hidden_mapping|encoder\.LayerNorm|relative_attention_bias")]
    private static partial Regex BelowLayers();

    [GeneratedRegex(@"bias|layer_?norm|(?:^|[._])norm(?:\.|$)", RegexOptions.IgnoreCase)]
    private static partial Regex BiasOrNormalization();
}
