using System.Numerics;
using System.Runtime.InteropServices;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) with bias correction: β 0.9 and 0.999, ε 1e-8, as <c>torch.optim.AdamW</c> computes it. On the CPU one pass over the memory of a
/// group does everything; the optimizer would otherwise cost more than forward and backward of a small model together.
/// </summary>
internal sealed unsafe class AdamW(ParameterSet parameters) : ITrainingState, IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    /// <summary>Values that one thread takes at a time. Each value depends on itself only, so the division changes no result.</summary>
    private const int ChunkSize = 1 << 16;

    private readonly GroupState?[] groups = new GroupState?[parameters.Buffers.Count];
    private readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = get_num_threads() };

    /// <inheritdoc/>
    public string Name => "adamw";

    /// <summary>Scales all gradients down together when their norm is above the limit (Pascanu et al., 2013).</summary>
    /// <param name="maximumNorm">The limit; 0 for none.</param>
    /// <returns>The norm before scaling.</returns>
    public double ClipGradients(double maximumNorm)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var norm = Math.Sqrt(Gradients.Sum(gradients => Math.Pow(gradients.norm().item<float>(), 2)));
        if (maximumNorm > 0 && norm > maximumNorm)
        {
            foreach (var gradients in Gradients)
            {
                gradients.TimesInPlace(maximumNorm / (norm + 1e-6));
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
        for (var i = 0; i < groups.Length; i++)
        {
            if (parameters.Buffers[i].Gradients is not null)
            {
                // What is frozen, for good or for now, has no state.
                Step(parameters.Buffers[i], groups[i] ??= GroupState.For(parameters.Buffers[i]), rate);
            }
        }
    }

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i] is { } group)
            {
                writer.Values[$"{i}"] = group.Steps;
                writer.Add($"{i}.mean", group.Mean.cpu().data<float>().ToArray());
                writer.Add($"{i}.square", group.Square.cpu().data<float>().ToArray());
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
                group.Mean.copy_(tensor(reader.Read($"{i}.mean")));
                group.Square.copy_(tensor(reader.Read($"{i}.square")));
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

    private IEnumerable<Tensor> Gradients => parameters.Buffers.Select(buffer => buffer.Gradients).OfType<Tensor>();

    private void Step(ParameterBuffer buffer, GroupState group, double rate)
    {
        group.Steps++;
        var groupRate = rate * buffer.Group.RateFactor;
        var factors = new StepFactors(
            Decay: (float)(1 - (groupRate * buffer.Group.WeightDecay)),
            Rate: (float)(groupRate / (1 - Math.Pow(Beta1, group.Steps))),
            SquareCorrection: (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, group.Steps))));
        if (buffer.Values.device_type == DeviceType.CPU)
        {
            StepInMemory(buffer, group, factors);
        }
        else
        {
            StepByTensors(buffer, group, factors);
        }
    }

    private static void StepByTensors(ParameterBuffer buffer, GroupState group, StepFactors factors)
    {
        var gradients = buffer.Gradients!;
        buffer.Values.TimesInPlace(factors.Decay);
        group.Mean.TimesInPlace(Beta1).PlusInPlace(gradients, 1 - Beta1);
        group.Square.TimesInPlace(Beta2).PlusProductInPlace(gradients, gradients, 1 - Beta2);
        var deviation = group.Square.sqrt().TimesInPlace(factors.SquareCorrection).PlusInPlace(Epsilon);
        buffer.Values.PlusQuotientInPlace(group.Mean, deviation, -factors.Rate);
        gradients.zero_();
    }

    private void StepInMemory(ParameterBuffer buffer, GroupState group, StepFactors factors)
    {
        var values = Memory(buffer.Values);
        var gradients = Memory(buffer.Gradients!);
        var means = Memory(group.Mean);
        var squares = Memory(group.Square);
        var count = checked((int)buffer.Values.numel());
        Parallel.For(0, (count + ChunkSize - 1) / ChunkSize, parallel, chunk =>
        {
            var start = chunk * ChunkSize;
            var length = Math.Min(ChunkSize, count - start);
            StepChunk(new(values + start, length), new(gradients + start, length), new(means + start, length), new(squares + start, length), factors);
        });
    }

    private static void StepChunk(Span<float> values, Span<float> gradients, Span<float> means, Span<float> squares, StepFactors factors)
    {
        const float newMean = (float)(1 - Beta1), newSquare = (float)(1 - Beta2);
        var vectors = values.Length - (values.Length % Vector<float>.Count);
        for (var i = 0; i < vectors; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(gradients[i..]);
            var mean = (new Vector<float>(means[i..]) * (float)Beta1) + (gradient * newMean);
            var square = (new Vector<float>(squares[i..]) * (float)Beta2) + (gradient * gradient * newSquare);
            var deviation = (Vector.SquareRoot(square) * factors.SquareCorrection) + new Vector<float>((float)Epsilon);
            var value = (new Vector<float>(values[i..]) * factors.Decay) - (mean * factors.Rate / deviation);
            mean.CopyTo(means[i..]);
            square.CopyTo(squares[i..]);
            value.CopyTo(values[i..]);
        }

        for (var i = vectors; i < values.Length; i++)
        {
            means[i] = (means[i] * (float)Beta1) + (gradients[i] * newMean);
            squares[i] = (squares[i] * (float)Beta2) + (gradients[i] * gradients[i] * newSquare);
            values[i] = (values[i] * factors.Decay) - (means[i] * factors.Rate / ((MathF.Sqrt(squares[i]) * factors.SquareCorrection) + (float)Epsilon));
        }

        gradients.Clear();
    }

    /// <summary>The memory of a tensor that is in one piece; libtorch owns it, and it does not move.</summary>
    private static float* Memory(Tensor tensor)
    {
        fixed (byte* start = &MemoryMarshal.GetReference(tensor.bytes))
        {
            return (float*)start;
        }
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

    /// <summary>Numbers that are the same for all values of a group in one step.</summary>
    private readonly record struct StepFactors(float Decay, float Rate, float SquareCorrection);
}
