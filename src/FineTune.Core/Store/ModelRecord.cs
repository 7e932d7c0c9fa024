using FineTune.Core.Inputs;
using FineTune.Core.Manifests;

namespace FineTune.Core.Store;

/// <summary>What the store remembers of one model of one project.</summary>
/// <param name="ProjectFile">The absolute path of the project or the specification that has the model, or of the folder for one that was asked for on the command line.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Fingerprints">What the model was called in the store, the present one last.</param>
internal sealed record ModelRecord(string ProjectFile, string Model, IReadOnlyList<FingerprintPair> Fingerprints)
{
    /// <summary>The most fingerprints that are remembered.</summary>
    public const int MostFingerprints = 100;

    /// <summary>The present fingerprint.</summary>
    public FingerprintPair Latest => Fingerprints[Fingerprints.Count - 1];

    /// <summary>The inputs of <see cref="Latest"/>; <see langword="null"/> when they were not asked for, or cannot be read.</summary>
    public InputSnapshot? Inputs { get; init; }

    /// <summary>The record after the model was made from other inputs.</summary>
    public ModelRecord With(FingerprintPair fingerprint, InputSnapshot inputs) => this with
    {
        Fingerprints = [.. Fingerprints.Where(known => known != fingerprint).Append(fingerprint).Reverse().Take(MostFingerprints).Reverse()],
        Inputs = inputs,
    };
}
