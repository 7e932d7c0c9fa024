using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FineTune.Training.Models;

/// <summary>
/// Random numbers for a piece of a dropout mask: eight xoshiro128++ generators side by side (Blackman and Vigna, 2021). Pieces are numbered, so that threads can share the work and no result depends on how
/// they do.
/// </summary>
internal ref struct DropoutMask
{
    private readonly Vector256<uint> threshold;
    private readonly Vector256<float> kept;
    private Vector256<uint> s0;
    private Vector256<uint> s1;
    private Vector256<uint> s2;
    private Vector256<uint> s3;

    /// <summary>Starts a piece.</summary>
    /// <param name="seed">The mask's.</param>
    /// <param name="piece">The number of the piece.</param>
    /// <param name="probability">That of 0.</param>
    public DropoutMask(ulong seed, int piece, double probability)
    {
        threshold = Vector256.Create((uint)(probability * uint.MaxValue));
        kept = Vector256.Create((float)ScaleOf(probability));
        var starts = RandomStream.After(seed, numbers: 16UL * (ulong)piece);
        (s0, s1, s2, s3) = (Start(starts), Start(starts), Start(starts), Start(starts));
    }

    /// <summary>What is kept is multiplied by this, so that the expectation stays.</summary>
    public static double ScaleOf(double probability) => 1 / (1 - probability);

    /// <summary>Sets each number to 0 with the probability, and else to <see cref="ScaleOf"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(Span<float> mask)
    {
        var i = 0;
        for (; i <= mask.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Next().CopyTo(mask[i..]);
        }

        if (i < mask.Length)
        {
            var last = Next();
            for (var j = i; j < mask.Length; j++)
            {
                mask[j] = last[j - i];
            }
        }
    }

    private Vector256<float> Next()
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
        return Vector256.GreaterThanOrEqual(random, threshold).AsSingle() & kept;
    }

    private static Vector256<uint> Start(RandomStream starts)
        => Vector256.Create(starts.NextBits(), starts.NextBits(), starts.NextBits(), starts.NextBits()).AsUInt32();
}
