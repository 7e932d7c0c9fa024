using System.CommandLine;
using FineTune.Core.Manifests;
using FineTune.Runtime.Packaging;

namespace FineTune.Tool.Commands;

/// <summary>The argument that names a trained model: the folder that <c>train</c> wrote, or a single .ftmodel file.</summary>
internal static class ModelArgument
{
    public static Argument<string> Create() => new("MODEL") { Description = "A folder that 'train --output' wrote, or a .ftmodel file." };

    /// <summary>What a model says of itself, without loading it.</summary>
    public static ModelManifest ReadManifest(string path)
    {
        using var files = ModelPackage.Open(path);
        return ModelPackage.ReadManifest(files);
    }
}
