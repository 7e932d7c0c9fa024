using System.Numerics;
using System.Runtime.CompilerServices;

namespace FineTune.Training.Models;

/// <summary>bfloat16, the upper half of a 32-bit float, as plain memory.</summary>
internal static unsafe class BFloat16Memory
{
    private const int Half = 16;

    /// <summary>Counts are multiples of this.</summary>
    public static int Granularity => Vector<ushort>.Count;

    /// <summary>To 32-bit floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ushort* from, float* to, int count)
    {
        for (var i = 0; i < count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var first, out var second);
            Vector.Store(Vector.ShiftLeft(first, Half).As<uint, float>(), to + i);
            Vector.Store(Vector.ShiftLeft(second, Half).As<uint, float>(), to + i + Vector<float>.Count);
        }
    }

    /// <summary>From 32-bit floats, to the nearest; in the middle, to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(float* from, ushort* to, int count)
    {
        for (var i = 0; i < count; i += Vector<ushort>.Count)
        {
            Vector.Store(Vector.Narrow(Round(Vector.Load(from + i)), Round(Vector.Load(from + i + Vector<float>.Count))), to + i);
        }
    }

    private static Vector<uint> Round(Vector<float> values)
    {
        var bits = values.As<float, uint>();
        return Vector.ShiftRightLogical(bits + new Vector<uint>(0x7FFF) + (Vector.ShiftRightLogical(bits, Half) & Vector<uint>.One), Half);
    }
}
