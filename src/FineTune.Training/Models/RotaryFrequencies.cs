namespace FineTune.Training.Models;

/// <summary>How fast rotary position embeddings turn.</summary>
internal static class RotaryFrequencies
{
    /// <summary>theta^(−2i/size), in radians for each position, for the planes i. In 32-bit floats all along: the angles of far positions depend on the last bits.</summary>
    public static float[] Of(double theta, int size) => [.. Enumerable.Range(0, size / 2).Select(i => 1 / MathF.Pow((float)theta, 2f * i / size))];
}
