using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>
/// The files that a base model's weights are read from. The reader and the fingerprint share this choice, so that no file that is read goes unnoticed and none
/// that is not read makes a model train again.
/// </summary>
/// <param name="Path">The weight file, or the index of several.</param>
/// <param name="Index">What the index says; <see langword="null"/> where one file holds all weights.</param>
internal sealed record BaseModelWeights(string Path, WeightIndex? Index)
{
    private const string IndexExtension = ".index.json";

    /// <summary>The names of the files that are looked for, the preferred first; the order is that of transformers.</summary>
    public static IReadOnlyList<string> Names { get; } = ["model.safetensors", "model.safetensors" + IndexExtension, "pytorch_model.bin", "pytorch_model.bin" + IndexExtension];

    /// <summary>Whether the weights are in the safetensors format; else they are in PyTorch's.</summary>
    public bool AreSafetensors => System.IO.Path.GetFileName(Path).StartsWith(Names[0], StringComparison.Ordinal);

    /// <summary>The absolute paths of the files that hold weights.</summary>
    public IReadOnlyList<string> WeightFiles => Index is null ? [Path] : [.. Index.Files.Select(FullPath)];

    /// <summary>The absolute paths of all files that are read: the index too.</summary>
    public IReadOnlyList<string> AllFiles => Index is null ? [Path] : [Path, .. WeightFiles];

    /// <summary>Finds the weights in a base model's folder.</summary>
    /// <returns><see langword="null"/> where the folder holds none of <see cref="Names"/>.</returns>
    /// <exception cref="FineTuneException">FT2029: the index cannot be read; FT2030: files that it names are missing.</exception>
    public static BaseModelWeights? Find(string directory)
    {
        var path = Names.Select(name => System.IO.Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        if (path is null || !path.EndsWith(IndexExtension, StringComparison.Ordinal))
        {
            return path is null ? null : new BaseModelWeights(path, null);
        }

        var weights = new BaseModelWeights(path, WeightIndex.Read(path));
        var missing = weights.Index!.Files.Where(file => !File.Exists(weights.FullPath(file))).ToArray();
        return missing.Length == 0 ? weights : throw BaseModelDiagnostics.MissingWeightFile.Exception(
            $"{missing.Length} of the {weights.Index.Files.Count} weight files that the index names are missing: {string.Join(", ", missing.Take(8))}{(missing.Length > 8 ? $" and {missing.Length - 8} more" : "")}. Copy or download them into the same folder.",
            new SourceLocation(path));
    }

    /// <summary>The absolute path of a file that the index names.</summary>
    public string FullPath(string file) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, file);
}
