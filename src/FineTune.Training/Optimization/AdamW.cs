using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Optimization;

/// <summary>AdamW (Loshchilov and Hutter, 2019) with bias correction: β 0.9 and 0.999, ε 1e-8, as <c>torch.optim.AdamW</c> computes it. Works on the memory of whole groups.</summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly IReadOnlyList<GroupState> groups;
    private int steps;

    /// <summary>Prepares the optimization of all trainable groups.</summary>
    public AdamW(ParameterSet parameters)
        => groups = [.. parameters.Buffers.Where(buffer => buffer.Gradients is not null).Select(buffer => new GroupState(
            buffer,
            zeros_like(buffer.Values).DetachFromDisposeScope(),
            zeros_like(buffer.Values).DetachFromDisposeScope(),
            empty_like(buffer.Values).DetachFromDisposeScope()))];

    /// <summary>Scales all gradients down together when their norm is above the limit (Pascanu et al., 2013).</summary>
    /// <param name="maximumNorm">The limit; 0 for none.</param>
    /// <returns>The norm before scaling.</returns>
    public double ClipGradients(double maximumNorm)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var norm = Math.Sqrt(groups.Sum(group => Math.Pow(group.Gradients.norm().item<float>(), 2)));
        if (maximumNorm > 0 && norm > maximumNorm)
        {
            foreach (var group in groups)
            {
                group.Gradients.TimesInPlace(maximumNorm / (norm + 1e-6));
            }
        }

        return norm;
    }

    /// <summary>Moves the parameters against their gradients and sets the gradients to zero.</summary>
    /// <param name="rate">The scheduled learning rate; each group multiplies it by its factor.</param>
    public void Step(double rate)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        steps++;
        var correction1 = 1 - Math.Pow(Beta1, steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(Beta2, steps));
        foreach (var group in groups)
        {
            var groupRate = rate * group.Buffer.Group.RateFactor;
            group.Buffer.Values.TimesInPlace(1 - (groupRate * group.Buffer.Group.WeightDecay));
            group.Mean.TimesInPlace(Beta1).PlusInPlace(group.Gradients, 1 - Beta1);
            group.Square.TimesInPlace(Beta2).PlusProductInPlace(group.Gradients, group.Gradients, 1 - Beta2);
            group.Scratch.copy_(group.Square).sqrt_().TimesInPlace(1 / correction2).PlusInPlace(Epsilon);
            group.Buffer.Values.PlusQuotientInPlace(group.Mean, group.Scratch, -groupRate / correction1);
            group.Gradients.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Mean.Dispose();
            group.Square.Dispose();
            group.Scratch.Dispose();
        }
    }

    private sealed record GroupState(ParameterBuffer Buffer, Tensor Mean, Tensor Square, Tensor Scratch)
    {
        public Tensor Gradients => Buffer.Gradients!;
    }
}
