using FineTune.Core.Specification;

namespace FineTune.Training.Strategies;

/// <summary>The strategies by name: from a plan to the group of each parameter.</summary>
internal static class ParameterGroups
{
    /// <summary>The groups of <paramref name="names"/> under the plan's strategy. Needs no libtorch.</summary>
    public static IReadOnlyDictionary<string, ParameterGroup> Of(TrainingPlan plan, IEnumerable<string> names, int layerCount)
        => names.ToDictionary(name => name, name => plan.Strategy switch
        {
            Strategy.Full => FullStrategy.GroupOf(name, plan.WeightDecay),
            Strategy.Frozen => FrozenStrategy.GroupOf(name, plan.WeightDecay, layerCount, plan.TrainableLayers, plan.TrainableEmbeddings, plan.UnfreezeEvery is not null),
            Strategy.LayerwiseDecay => LayerwiseDecayStrategy.GroupOf(name, plan.WeightDecay, layerCount, plan.LayerDecay),
            _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Strategy, "Unknown strategy."),
        });
}
