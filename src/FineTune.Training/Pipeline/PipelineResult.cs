using FineTune.Core.Manifests;
using FineTune.Core.Store;

namespace FineTune.Training.Pipeline;

/// <summary>A finished model in the store.</summary>
/// <param name="Model">The exported and evaluated model.</param>
/// <param name="Training">The trained weights; <see langword="null"/> when the model was found and nobody asked for the weights.</param>
/// <param name="Fingerprint">The fingerprints of what was asked for.</param>
/// <param name="Trained">Whether training ran; otherwise the weights, or the whole model, came from the store.</param>
/// <param name="Store">Keeps the entries from being pruned until the result is disposed of.</param>
internal sealed record PipelineResult(StoreEntry Model, StoreEntry? Training, FingerprintPair Fingerprint, bool Trained, ModelStore Store) : IDisposable
{
    public void Dispose() => Store.Dispose();
}
