using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>An architecture with a head and the parameters of both.</summary>
/// <param name="architecture">What is computed.</param>
/// <param name="head">The head.</param>
/// <param name="parameters">The parameters, 32-bit floats.</param>
/// <param name="productType">The number format of the matrix products; everything else is in 32-bit floats.</param>
internal sealed class TransformerModel(Architecture architecture, HeadKind head, ParameterSet parameters, ScalarType productType = ScalarType.Float32)
{
    /// <summary>The shape and the constants.</summary>
    public EncoderConfig Config => architecture.Config;

    /// <summary>Whether it tells the two texts of a pair apart by segment ids.</summary>
    public bool HasSegments => architecture.HasSegments;

    /// <summary>The model's outputs, 32-bit floats.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
    /// <returns>[rows, outputs] of a sequence head, [wanted tokens, outputs] of the others.</returns>
    public Tensor Forward(TokenBatch batch, Dropout? dropout)
        => architecture.Forward(new TorchOperations(parameters, batch, dropout, productType), head).to(ScalarType.Float32);
}
