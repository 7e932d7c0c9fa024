namespace FineTune.Training.Strategies;

/// <summary>Embeddings and all but the top encoder layers stay as they were pretrained.</summary>
internal static class FrozenStrategy
{
    /// <summary>The group of a parameter: embeddings and layers <c>i &lt; layerCount − trainableLayers</c> are frozen.</summary>
    public static ParameterGroup GroupOf(string name, double weightDecay, int layerCount, int trainableLayers)
    {
        var place = ParameterPlace.Of(name);
        var frozen = place.Kind switch
        {
            ParameterPlaceKind.Embeddings => true,
            ParameterPlaceKind.Layer => place.Layer < layerCount - trainableLayers,
            _ => false,
        };
        return frozen ? ParameterGroup.Frozen : FullStrategy.GroupOf(name, weightDecay);
    }
}
