namespace FineTune.Runtime;

/// <summary>Turns a logit of its own into a probability.</summary>
internal static class Sigmoid
{
    /// <summary>1 / (1 + e^−logit), in double precision.</summary>
    internal static double Of(float logit) => 1 / (1 + Math.Exp(-(double)logit));
}
