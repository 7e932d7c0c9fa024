namespace FineTune.Training.Models;

/// <summary>A parameter that a model has.</summary>
/// <param name="Name">Its Hugging Face name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Initialization">Its values when no weight file holds it.</param>
internal sealed record ParameterDefinition(string Name, IReadOnlyList<long> Shape, ParameterInitialization Initialization)
{
    /// <summary>Standard deviation of normally distributed values; <see langword="null"/> for the model's <c>initializer_range</c>.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>How many standard deviations from 0 normally distributed values lie at most; what lies farther away is drawn again.</summary>
    public double Cutoff { get; init; } = double.PositiveInfinity;

    /// <summary>Number of values.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>A table with one vector for each of some numbered things. [count, width]</summary>
    public static ParameterDefinition Embedding(string name, int count, int width) => new($"{name}.weight", [count, width], ParameterInitialization.Normal);

    /// <summary>A weight, [outputs, inputs], and a bias, [outputs].</summary>
    public static ParameterDefinition[] Linear(string name, int outputs, int inputs)
        =>
        [
            new($"{name}.weight", [outputs, inputs], ParameterInitialization.Normal),
            new($"{name}.bias", [outputs], ParameterInitialization.Zeros),
        ];

    /// <summary>A factor and a bias for each value. [size]</summary>
    public static ParameterDefinition[] Normalization(string name, int size)
        =>
        [
            new($"{name}.weight", [size], ParameterInitialization.Ones),
            new($"{name}.bias", [size], ParameterInitialization.Zeros),
        ];
}
