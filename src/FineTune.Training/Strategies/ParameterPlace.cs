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
            : name.Contains("embeddings.", StringComparison.Ordinal) ? new(ParameterPlaceKind.Embeddings, -1)
            : new(ParameterPlaceKind.Head, -1);
    }

    /// <summary>Whether weight decay applies: not to biases and not to normalization weights.</summary>
    public static bool Decays(string name)
        => !name.EndsWith(".bias", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);

    [GeneratedRegex(@"\.layer\.(\d+)\.")]
    private static partial Regex LayerNumber();
}
