namespace FineTune.Training.Strategies;

/// <summary>
/// The rate decays from the head down. With L layers, decay d and scheduled rate η: head and pooler η, layer i η·d^(L−i), embeddings η·d^(L+1)
/// (Zhang et al., "Revisiting Few-sample BERT Fine-tuning", 2021). d = 1 is <see cref="FullStrategy"/>.
/// </summary>
internal static class LayerwiseDecayStrategy
{
    /// <summary>The group of a parameter.</summary>
    public static ParameterGroup GroupOf(string name, double weightDecay, int layerCount, double layerDecay)
    {
        var place = ParameterPlace.Of(name);
        var exponent = place.Kind switch
        {
            ParameterPlaceKind.Embeddings => layerCount + 1,
            ParameterPlaceKind.Layer => layerCount - place.Layer,
            _ => 0,
        };
        return FullStrategy.GroupOf(name, weightDecay) with { RateFactor = Math.Pow(layerDecay, exponent) };
    }
}
