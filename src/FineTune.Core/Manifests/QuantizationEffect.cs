using FineTune.Core.Specification;

namespace FineTune.Core.Manifests;

/// <summary>What a quantized model lost: the same model with weights of 32-bit floats was measured on the same rows.</summary>
/// <param name="Form">The form of the weights that ship.</param>
/// <param name="LargestDifference">The largest difference of an output, such as a logit, between the two.</param>
/// <param name="Float32Metrics">The metrics of the model with 32-bit floats by name, <c>size.mb</c> among them.</param>
public sealed record QuantizationEffect(Quantization Form, double LargestDifference, IReadOnlyDictionary<string, double> Float32Metrics);
