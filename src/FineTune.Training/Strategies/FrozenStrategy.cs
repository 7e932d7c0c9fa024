namespace FineTune.Training.Strategies;

/// <summary>All but the top encoder layers stay as they were pretrained: for good, or until gradual unfreezing reaches them.</summary>
internal static class FrozenStrategy
{
    /// <summary>
    /// The group of a parameter. With L layers of which N are trainable, layers i &lt; L − N are frozen, and the embeddings unless they are trainable too. With gradual
    /// unfreezing, layer i &lt; L − N begins with stage L − N − i, and trainable embeddings with stage L − N + 1.
    /// </summary>
    public static ParameterGroup GroupOf(string name, double weightDecay, int layerCount, int trainableLayers, bool trainableEmbeddings = false, bool gradual = false)
    {
        var place = ParameterPlace.Of(name);
        var below = Math.Max(0, layerCount - trainableLayers);
        var (frozen, stage) = place.Kind switch
        {
            ParameterPlaceKind.Embeddings => (!trainableEmbeddings, below + 1),
            ParameterPlaceKind.Layer when place.Layer < below => (!gradual, below - place.Layer),
            _ => (false, 0),
        };
        return frozen ? ParameterGroup.Frozen : FullStrategy.GroupOf(name, weightDecay) with { Stage = gradual ? stage : 0 };
    }
}
