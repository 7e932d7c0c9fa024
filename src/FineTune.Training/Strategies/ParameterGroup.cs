namespace FineTune.Training.Strategies;

/// <summary>How a parameter is trained. Parameters with equal groups are trained together.</summary>
/// <param name="RateFactor">Multiplies the scheduled learning rate.</param>
/// <param name="WeightDecay">AdamW's decoupled weight decay.</param>
/// <param name="Trainable">Whether the parameter changes at all.</param>
/// <param name="Stage">Its training begins with this stage of gradual unfreezing; 0 from the first step on.</param>
internal sealed record ParameterGroup(double RateFactor, double WeightDecay, bool Trainable, int Stage = 0)
{
    /// <summary>The group of parameters that stay as they are.</summary>
    public static ParameterGroup Frozen { get; } = new(0, 0, Trainable: false);
}
