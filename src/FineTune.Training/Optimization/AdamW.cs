using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) with bias correction: β 0.9 and 0.999, ε 1e-8, as <c>torch.optim.AdamW</c> computes it. On the CPU one pass over the memory of a
/// group does everything; the optimizer would otherwise cost more than forward and backward of a small model together.
/// </summary>
internal sealed class AdamW(ParameterSet parameters) : ITrainingState, IDisposable
{
    private readonly GroupState?[] groups = new GroupState?[parameters.Buffers.Count];
    private double gradientScale = 1;

    /// <inheritdoc/>
    public string Name => "adamw";

    /// <summary>Scales all gradients down together in the next step when their norm is above the limit (Pascanu et al., 2013).</summary>
    /// <param name="maximumNorm">The limit; 0 for none.</param>
    /// <returns>The norm before scaling.</returns>
    public double ClipGradients(double maximumNorm)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var norm = Math.Sqrt(Active.Sum(group => parameters.Buffers[group].Values.device_type == DeviceType.CPU
            ? BufferParts.Of(parameters.Buffers[group]).SumOfSquares()
            : Math.Pow(parameters.Buffers[group].Gradients!.norm().item<float>(), 2)));
        gradientScale = maximumNorm > 0 && norm > maximumNorm ? maximumNorm / (norm + 1e-6) : 1;
        return norm;
    }

    /// <summary>Moves the parameters against their gradients and sets the gradients to zero.</summary>
    /// <param name="rate">The scheduled learning rate; each group multiplies it by its factor.</param>
    public void Step(double rate)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in Active)
        {
            Step(parameters.Buffers[group], groups[group] ??= GroupState.For(parameters.Buffers[group]), rate);
        }

        gradientScale = 1;
    }

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i] is { } group)
            {
                writer.Values[$"{i}"] = group.Steps;
                writer.Add($"{i}.mean", TensorMemory.Values(group.Mean));
                writer.Add($"{i}.square", TensorMemory.Values(group.Square));
            }
        }
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < groups.Length; i++)
        {
            if (reader.Values[$"{i}"] is { } steps)
            {
                groups[i]?.Dispose();
                var group = groups[i] = GroupState.For(parameters.Buffers[i]);
                group.Steps = (int)steps;
                TensorMemory.Write(group.Mean, reader.Read($"{i}.mean").CopyTo);
                TensorMemory.Write(group.Square, reader.Read($"{i}.square").CopyTo);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups)
        {
            group?.Dispose();
        }
    }

    /// <summary>The groups that are trained. What is frozen, for good or for now, has neither gradients nor state.</summary>
    private IEnumerable<int> Active => Enumerable.Range(0, groups.Length).Where(group => parameters.Buffers[group].Gradients is not null);

    private void Step(ParameterBuffer buffer, GroupState group, double rate)
    {
        group.Steps++;
        var groupRate = rate * buffer.Group.RateFactor;
        var step = new AdamWStep(
            GradientScale: (float)gradientScale,
            Decay: (float)(1 - (groupRate * buffer.Group.WeightDecay)),
            Rate: (float)(groupRate / (1 - Math.Pow(AdamWStep.Beta1, group.Steps))),
            SquareCorrection: (float)(1 / Math.Sqrt(1 - Math.Pow(AdamWStep.Beta2, group.Steps))));
        if (buffer.Values.device_type == DeviceType.CPU)
        {
            BufferParts.Of(buffer).Apply(step, group.Mean, group.Square);
        }
        else
        {
            StepByTensors(buffer, group, step);
        }
    }

    private static void StepByTensors(ParameterBuffer buffer, GroupState group, AdamWStep step)
    {
        var gradients = buffer.Gradients!.TimesInPlace(step.GradientScale);
        buffer.Values.TimesInPlace(step.Decay);
        group.Mean.TimesInPlace(AdamWStep.Beta1).PlusInPlace(gradients, 1 - AdamWStep.Beta1);
        group.Square.TimesInPlace(AdamWStep.Beta2).PlusProductInPlace(gradients, gradients, 1 - AdamWStep.Beta2);
        var deviation = group.Square.sqrt().TimesInPlace(step.SquareCorrection).PlusInPlace(AdamWStep.Epsilon);
        buffer.Values.PlusQuotientInPlace(group.Mean, deviation, -step.Rate);
        gradients.zero_();
    }

    /// <summary>The running means of a group's gradients and of their squares, and the steps that went into them.</summary>
    private sealed record GroupState(Tensor Mean, Tensor Square) : IDisposable
    {
        public int Steps { get; set; }

        public static GroupState For(ParameterBuffer buffer)
            => new(zeros_like(buffer.Values).DetachFromDisposeScope(), zeros_like(buffer.Values).DetachFromDisposeScope());

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
        }
    }
}
