using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>A file of named weights that is open for reading.</summary>
internal interface IWeightFile : IDisposable
{
    /// <summary>The weights by name.</summary>
    IReadOnlyDictionary<string, WeightInfo> Weights { get; }

    /// <summary>What the writer noted about the file; empty when it noted nothing.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a weight's elements in row-major order; 16-bit and 64-bit floats are converted.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="destination">As long as the weight has elements.</param>
    /// <exception cref="FineTuneException">The weight is not there (FT2044), or it does not hold floats (FT2045).</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length than the weight.</exception>
    void ReadFloat32(string name, Span<float> destination);
}
