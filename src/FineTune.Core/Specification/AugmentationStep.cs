using FineTune.Core.Serialization;

namespace FineTune.Core.Specification;

/// <summary>One operation of a <see cref="TextAugmentation"/>.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Probability">How often it is done, for each word; above 0 and below 1.</param>
public sealed record AugmentationStep(AugmentationOperation Operation, double Probability)
{
    /// <summary>The step as <see cref="TextAugmentation.Parse"/> reads it.</summary>
    public override string ToString() => $"{TextAugmentation.NameOf(Operation)}:{CanonicalJson.Number(Probability)}";
}
