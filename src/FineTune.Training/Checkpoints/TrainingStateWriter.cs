using System.Text.Json.Nodes;

namespace FineTune.Training.Checkpoints;

/// <summary>Takes one <see cref="ITrainingState"/>.</summary>
/// <param name="name">The state's name.</param>
internal sealed class TrainingStateWriter(string name)
{
    private readonly List<(WeightInfo Info, ReadOnlyMemory<float> Values)> arrays = [];

    /// <summary>Numbers and texts.</summary>
    public JsonObject Values { get; } = [];

    /// <summary>The arrays that were added.</summary>
    public IReadOnlyList<(WeightInfo Info, ReadOnlyMemory<float> Values)> Arrays => arrays;

    /// <summary>Adds an array. It is written later, so it must not change until then.</summary>
    public void Add(string key, ReadOnlyMemory<float> values) => arrays.Add((new WeightInfo($"{name}.{key}", WeightType.Float32, [values.Length]), values));
}
