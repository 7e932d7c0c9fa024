using System.Text;

namespace FineTune.Training.Models;

/// <summary>
/// A reproducible stream of random numbers for one purpose (SplitMix64; Steele, Lea and Flood, 2014). Streams of the same seed with different purposes are
/// independent, so that one more number drawn in one place changes nothing elsewhere. The numbers are the same on every platform.
/// </summary>
internal sealed class RandomStream
{
    private const ulong Increment = 0x9E3779B97F4A7C15UL;

    private ulong state;

    /// <summary>Starts the stream of <paramref name="seed"/> for <paramref name="purpose"/>.</summary>
    public RandomStream(int seed, string purpose)
    {
        // FNV-1a of the purpose, mixed with the seed
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(purpose))
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        state = Mix(hash ^ Mix((ulong)seed));
    }

    private RandomStream(ulong state) => this.state = state;

    /// <summary>Where the stream stands: a stream that is set to it goes on with the same numbers.</summary>
    public ulong State
    {
        get => state;
        set => state = value;
    }

    /// <summary>The stream whose <see cref="State"/> was <paramref name="start"/> before it gave some numbers.</summary>
    public static RandomStream After(ulong start, ulong numbers) => new(start + (numbers * Increment));

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits() => Mix(state += Increment);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, <paramref name="limit"/>).</summary>
    public int NextInt(int limit) => (int)(((UInt128)NextBits() * (ulong)limit) >> 64);

    /// <summary>A standard normal number (Box and Muller, 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>A standard normal number no farther from 0 than <paramref name="cutoff"/>: those that are farther away are drawn again.</summary>
    public double NextNormal(double cutoff)
    {
        double number;
        do
        {
            number = NextNormal();
        }
        while (Math.Abs(number) > cutoff);

        return number;
    }

    /// <summary>Puts the items into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }
}
