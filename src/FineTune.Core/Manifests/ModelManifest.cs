using FineTune.Core.Specification;

namespace FineTune.Core.Manifests;

/// <summary>
/// What a finished model is and which files it consists of (<c>manifest.json</c>). The runtime reads it first, checks
/// <see cref="FormatVersion"/> and the hashes of the files, and then loads the model.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The version of this format that this release writes.</summary>
    public const string CurrentFormatVersion = "1.0.0";

    /// <summary>The range of format versions that this release reads, in NuGet's notation.</summary>
    public const string SupportedFormatVersions = "[1.0.0,2.0.0)";

    /// <summary>The semantic version of the model format.</summary>
    public required string FormatVersion { get; init; }

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the model does.</summary>
    public required FineTuneTask Task { get; init; }

    /// <summary>The labels, or the tags of words; the position is the logit's index. Empty where outputs have no names.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The probability from which on each label is answered, where a text can have any number of labels; else empty.</summary>
    public IReadOnlyList<double> Thresholds { get; init; } = [];

    /// <summary>Whether the model reads pairs of texts.</summary>
    public bool HasPairs { get; init; }

    /// <summary>The longest input in tokens, special tokens included; longer texts are cut.</summary>
    public required int MaxLength { get; init; }

    /// <summary>The form of the graph's weights.</summary>
    public Quantization Quantization { get; init; } = Quantization.None;

    /// <summary>How text becomes token ids.</summary>
    public required TokenizerSettings Tokenizer { get; init; }

    /// <summary>The training fingerprint.</summary>
    public required string TrainingFingerprint { get; init; }

    /// <summary>The export fingerprint.</summary>
    public required string ExportFingerprint { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of each file, by its path relative to the manifest with forward slashes.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
}
