using FineTune.Core.Manifests;

namespace FineTune.Training.Tasks;

/// <summary>What the exported model reached.</summary>
internal sealed record TaskEvaluation
{
    /// <summary><c>validation</c> or <c>test</c>.</summary>
    public required string EvaluatedOn { get; init; }

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The metrics by name, the gains over the baselines among them.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % intervals of some metrics.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals { get; init; } = new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>The metrics of each baseline.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, double>>();

    /// <summary>What quantization changed; <see langword="null"/> where nothing is quantized, or where the model with 32-bit floats is not at hand.</summary>
    public QuantizationEffect? Quantization { get; init; }

    /// <summary>Rows of each label that got each label; empty where a row has not exactly one.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; } = [];
}
