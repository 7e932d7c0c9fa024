namespace FineTune.Training.Checkpoints;

/// <summary>Conversion between binary32 and bfloat16, which is a binary32's upper 16 bits.</summary>
internal static class BFloat16
{
    /// <summary>Converts exactly.</summary>
    public static void ToSingle(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        for (var index = 0; index < source.Length; index++)
        {
            destination[index] = BitConverter.UInt32BitsToSingle((uint)source[index] << 16);
        }
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even; a NaN stays a NaN.</summary>
    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry into the exponent and make an infinity; the quiet bit keeps it a NaN.
            return (ushort)((bits >> 16) | 0x40);
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
