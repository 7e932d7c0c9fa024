using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints.PyTorch;

namespace FineTune.Training.Checkpoints;

/// <summary>Opens the weights of a base model's folder, in whichever of the supported forms they are there.</summary>
internal static class WeightFiles
{
    // What weights of other programs, or of other forms, are called.
    private static readonly string[] WeightExtensions = [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".index", ".h5", ".msgpack", ".gguf", ".onnx", ".index.json"];

    /// <summary>Opens what <see cref="Find"/> finds.</summary>
    /// <exception cref="FineTuneException">As <see cref="Find"/> and <see cref="Open(BaseModelWeights)"/>.</exception>
    public static IWeightFile Open(string directory) => Open(Find(directory));

    /// <summary>Finds the weights in a base model's folder.</summary>
    /// <exception cref="FineTuneException">FT2027: there are none that can be read; FT2029, FT2030: the index cannot be read, or its files are not all there.</exception>
    public static BaseModelWeights Find(string directory)
        => BaseModelWeights.Find(directory) ?? throw new FineTuneException(
            "FT2027",
            $"The base model has no weights that can be read (found: {string.Join(", ", WeightsIn(directory).DefaultIfEmpty("none"))}; supported: {string.Join(", ", BaseModelWeights.Names)}). Save it with save_pretrained(folder) of transformers, or choose a model that has one of these files.",
            new SourceLocation(directory));

    /// <summary>Opens weights; no values are read yet.</summary>
    /// <exception cref="FineTuneException">A file cannot be read (FT2032 to FT2035, FT2040 to FT2043), or several do not fit their index (FT2031).</exception>
    public static IWeightFile Open(BaseModelWeights weights)
    {
        Func<string, IWeightFile> open = weights.AreSafetensors ? SafetensorsFile.Open : PyTorchFile.Open;
        return weights.Index is null ? open(weights.Path) : ShardedWeights.Open(weights, open);
    }

    private static IEnumerable<string> WeightsIn(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)!)
            .Where(name => WeightExtensions.Any(extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))).Order(StringComparer.Ordinal)
        : [];
}
