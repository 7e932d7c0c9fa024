namespace FineTune.Training.Strategies;

/// <summary>Every parameter is trained with the scheduled rate.</summary>
internal static class FullStrategy
{
    /// <summary>The group of a parameter.</summary>
    public static ParameterGroup GroupOf(string name, double weightDecay)
        => new(1, ParameterPlace.Decays(name) ? weightDecay : 0, Trainable: true);
}
