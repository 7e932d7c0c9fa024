namespace FineTune.Training.Models;

/// <summary>A parameter that a model has.</summary>
/// <param name="Name">Its Hugging Face name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Initialization">Its values when no weight file holds it.</param>
internal sealed record ParameterDefinition(string Name, IReadOnlyList<long> Shape, ParameterInitialization Initialization)
{
    /// <summary>Number of values.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => product * size);
}
