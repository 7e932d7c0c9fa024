using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>An architecture with a head and the parameters of both.</summary>
/// <param name="architecture">What is computed.</param>
/// <param name="head">The head.</param>
/// <param name="parameters">The parameters, 32-bit floats.</param>
/// <param name="productType">The number format of the matrix products; everything else is in 32-bit floats.</param>
/// <param name="hiddenStates">What the frozen layers make of the rows, computed before; <see langword="null"/> to compute it each time.</param>
/// <param name="checkpoints">Computes the layers that are trained once more in the backward pass; <see langword="null"/> to keep their values.</param>
/// <param name="computesPadding">Whether padding is computed like tokens, to compare with; not together with hidden states that were computed before.</param>
internal sealed class TransformerModel(
    Architecture architecture, HeadKind head, ParameterSet parameters, ScalarType productType = ScalarType.Float32, HiddenStates? hiddenStates = null, LayerCheckpoints? checkpoints = null, bool computesPadding = false)
{
    /// <summary>The shape and the constants.</summary>
    public EncoderConfig Config => architecture.Config;

    /// <summary>Whether it tells the two texts of a pair apart by segment ids.</summary>
    public bool HasSegments => architecture.HasSegments;

    /// <summary>
    /// How many layers, from the bottom, are a pure function of the tokens: they and the embeddings are trained neither now nor later, and so have no dropout.
    /// </summary>
    public int FrozenLayers { get; } = parameters.Groups[architecture.EmbeddingsPart].Trainable
        ? 0
        : Enumerable.Range(0, architecture.Config.LayerCount).TakeWhile(layer => !parameters.Groups[architecture.LayerPart(layer)].Trainable).Count();

    /// <summary>Whether only the first token of each row is read of what the frozen layers make.</summary>
    public bool ReadsFrozenFirstTokenOnly => FrozenLayers == Config.LayerCount && architecture.AnswersFromFirstToken(head);

    /// <summary>The number format of the matrix products.</summary>
    public ScalarType ProductType => productType;

    /// <summary>Rows as a batch, with their hidden states where these were computed before.</summary>
    /// <param name="rows">The token ids of each row.</param>
    /// <param name="device">Where the model lies.</param>
    /// <param name="segments">The segment ids of each row; <see langword="null"/> for none at all.</param>
    /// <param name="wanted">The wanted tokens of each row; <see langword="null"/> for all.</param>
    public TokenBatch Batch(IReadOnlyList<int[]> rows, Device device, IReadOnlyList<int[]>? segments = null, IReadOnlyList<IReadOnlyList<int>>? wanted = null)
    {
        var batch = TokenBatch.Of(rows, Config.PaddingId, device, segments, wanted);
        return batch with { HiddenStates = hiddenStates?.Read(rows, segments, device), Packing = computesPadding ? null : batch.Packing };
    }

    /// <summary>What the frozen layers make of a batch, 32-bit floats.</summary>
    /// <returns>[rows × tokens, hidden], or [rows, hidden] with <see cref="ReadsFrozenFirstTokenOnly"/>.</returns>
    public Tensor EncodeFrozen(TokenBatch batch)
        => architecture.EncodeBelow(new TorchOperations(parameters, batch, dropout: null, productType), head, FrozenLayers).to(ScalarType.Float32);

    /// <summary>The model's outputs, 32-bit floats.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
    /// <returns>[rows, outputs] of a sequence head, [wanted tokens, outputs] of the others.</returns>
    public Tensor Forward(TokenBatch batch, Dropout? dropout)
        => architecture.Forward(new TorchOperations(parameters, batch, dropout, productType, checkpoints), head, batch.HiddenStates is null ? 0 : FrozenLayers, batch.HiddenStates).to(ScalarType.Float32);

    /// <summary>Adds the gradients of a loss of the last <see cref="Forward"/>'s outputs to those of the parameters.</summary>
    public void Backward(Tensor loss)
    {
        loss.backward();
        checkpoints?.Backward();
    }
}
