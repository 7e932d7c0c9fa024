using FineTune.Training.Checkpoints;

namespace FineTune.Training.Tests.Models;

/// <summary>A weight file as a bare encoder has it: without the head's weights, and without the prefix that the others have in front of a head.</summary>
internal sealed class BareWeights(IWeightFile file, string prefix) : IWeightFile
{
    public IReadOnlyDictionary<string, WeightInfo> Weights { get; } = file.Weights.Values
        .Where(weight => weight.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(weight => weight with { Name = weight.Name[prefix.Length..] })
        .ToDictionary(weight => weight.Name);

    public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    public void ReadFloat32(string name, Span<float> destination) => file.ReadFloat32(prefix + name, destination);

    public void Dispose()
    {
    }
}
