using FineTune.Training.Checkpoints;

namespace FineTune.Training.Tests.Models;

/// <summary>A weight file with other names.</summary>
internal sealed class RenamedWeights : IWeightFile
{
    private readonly IWeightFile file;
    private readonly Dictionary<string, string> originals;

    /// <param name="file">The file; stays open.</param>
    /// <param name="rename">The new name; <see langword="null"/> to leave the weight out.</param>
    public RenamedWeights(IWeightFile file, Func<string, string?> rename)
    {
        this.file = file;
        originals = file.Weights.Keys.Where(name => rename(name) is not null).ToDictionary(name => rename(name)!);
        Weights = originals.ToDictionary(pair => pair.Key, pair => file.Weights[pair.Value] with { Name = pair.Key });
    }

    public IReadOnlyDictionary<string, WeightInfo> Weights { get; }

    public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    public void ReadFloat32(string name, Span<float> destination) => file.ReadFloat32(originals[name], destination);

    public void Dispose()
    {
    }
}
