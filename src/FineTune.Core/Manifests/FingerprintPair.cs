namespace FineTune.Core.Manifests;

/// <summary>The two stored fingerprints of a model, lower-case hexadecimal SHA-256.</summary>
/// <param name="Training">Everything that determines the weights.</param>
/// <param name="Export">The training fingerprint and everything that determines the exported files and their evaluation.</param>
public sealed record FingerprintPair(string Training, string Export);
