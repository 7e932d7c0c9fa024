namespace FineTune.Core.Manifests;

/// <summary>What was measured of the exported model (<c>metrics.json</c>); the gate judges by it.</summary>
public sealed record MetricsDocument
{
    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>Which rows were evaluated: <c>test</c> or <c>validation</c>.</summary>
    public required string EvaluatedOn { get; init; }

    /// <summary>How many rows were evaluated.</summary>
    public required int Rows { get; init; }

    /// <summary>Metrics by name: <c>accuracy</c>, <c>f1.macro</c>, <c>f1[label]</c>, <c>loss</c>, <c>size.mb</c>, ….</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>95 % intervals <c>[low, high]</c> by metric.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Intervals { get; init; }

    /// <summary>
    /// What simple ways of answering reach on the same rows, by baseline (<c>majority</c>, <c>tfidf</c>) and metric. The <c>gain.</c> metrics
    /// compare the model with the best of them.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baseline { get; init; }

    /// <summary>What quantization changed; <see langword="null"/> for a model that is not quantized.</summary>
    public QuantizationEffect? Quantization { get; init; }

    /// <summary>Rows: true label; columns: predicted label; in the order of <see cref="Labels"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> ConfusionMatrix { get; init; }

    /// <summary>The labels in their order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>What the training cost.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>The fingerprints of the model.</summary>
    public required FingerprintPair Fingerprint { get; init; }
}
