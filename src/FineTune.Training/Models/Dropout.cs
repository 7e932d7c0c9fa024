using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FineTune.Training.Checkpoints;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// Dropout with random numbers of its own: eight xoshiro128++ generators side by side (Blackman and Vigna, 2021), started anew for each mask from seed and mask number.
/// libtorch's own generator is global to the process and an order of magnitude slower.
/// </summary>
internal sealed class Dropout(int seed) : ITrainingState
{
    private readonly RandomStream starts = new(seed, "dropout");

    /// <inheritdoc/>
    public string Name => "dropout";

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer) => writer.Values["state"] = State;

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader) => State = (ulong)reader.Values["state"]!;

    /// <summary>Where the random numbers stand: masks that are made from here on are made again from the same state.</summary>
    public ulong State
    {
        get => starts.State;
        set => starts.State = value;
    }

    /// <summary>Sets each value to 0 with the probability and scales the others up, so that the expectation stays.</summary>
    public Tensor Apply(Tensor values, double probability)
    {
        if (probability <= 0)
        {
            return values;
        }

        // The mask is written into libtorch's memory: arrays of this size would keep the garbage collector busy.
        var mask = empty(values.shape, ScalarType.Float32, CPU);
        FillMask(MemoryMarshal.Cast<byte, float>(mask.bytes), probability);
        return values.mul(mask.to(values.device));
    }

    private void FillMask(Span<float> mask, double probability)
    {
        var threshold = Vector256.Create((uint)(probability * uint.MaxValue));
        var kept = Vector256.Create((float)(1 / (1 - probability)));
        Vector256<uint> s0 = Start(), s1 = Start(), s2 = Start(), s3 = Start();
        for (var i = 0; i < mask.Length; i += Vector256<uint>.Count)
        {
            var sum = s0 + s3;
            var random = (Vector256.ShiftLeft(sum, 7) | Vector256.ShiftRightLogical(sum, 25)) + s0;
            var shifted = Vector256.ShiftLeft(s1, 9);
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= shifted;
            s3 = Vector256.ShiftLeft(s3, 11) | Vector256.ShiftRightLogical(s3, 21);

            var values = Vector256.GreaterThanOrEqual(random, threshold).AsSingle() & kept;
            if (mask.Length - i >= Vector256<float>.Count)
            {
                values.CopyTo(mask[i..]);
            }
            else
            {
                for (var j = i; j < mask.Length; j++)
                {
                    mask[j] = values[j - i];
                }
            }
        }
    }

    private Vector256<uint> Start()
        => Vector256.Create(starts.NextBits(), starts.NextBits(), starts.NextBits(), starts.NextBits()).AsUInt32();
}
