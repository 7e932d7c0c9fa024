using FineTune.Core.Packages;

namespace FineTune.Core.Specification;

/// <summary>What a model starts from: the files of a folder, or what the training of another model of the project leaves in the store.</summary>
/// <param name="Directory">
/// A folder in Hugging Face layout. For another model, that of the base model which all of them come from: it has the same configuration and tokenizer, also before anything was trained.
/// </param>
/// <param name="Training">The training fingerprint of the other model, by which its result is known before there is one; <see langword="null"/> for a folder.</param>
/// <param name="Package">The package that the folder belongs to; <see langword="null"/> for other folders.</param>
internal sealed record BaseModelSource(string Directory, string? Training = null, InstalledPackage? Package = null)
{
    /// <summary>The folder of a store's training entry with the trained model in Hugging Face layout.</summary>
    public const string TrainedFolder = "huggingface";
}
