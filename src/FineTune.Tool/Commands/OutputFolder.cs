using FineTune.Core.Diagnostics;
using FineTune.Training.Pipeline;

namespace FineTune.Tool.Commands;

/// <summary>
/// Puts a finished model from the store into the folder that the user named. Everything is copied beside its place first and then renamed, so
/// that a full disk or a cancelled run leaves the previous model; other files in the folder are left alone.
/// </summary>
internal static class OutputFolder
{
    /// <summary>The store's list of an entry's files; it says nothing about a copy.</summary>
    private const string StoreOwnFile = "entry.json";

    /// <summary>Copies the model and returns the folder.</summary>
    /// <exception cref="FineTuneException">FT3057: the folder holds a huggingface folder that no training wrote.</exception>
    public static string Write(string target, PipelineResult result)
    {
        var huggingFace = Path.Combine(target, TrainingArtifact.HuggingFaceDirectory);
        if (Directory.Exists(huggingFace) && !File.Exists(Path.Combine(target, ModelArtifact.ManifestFile)))
        {
            throw new FineTuneException("FT3057", $"'{huggingFace}' would be replaced, but '{target}' is not a folder that training wrote. Name another --output, or move the folder away.");
        }

        Directory.CreateDirectory(target);
        var staging = Path.Combine(target, $".finetune-{Path.GetRandomFileName()}");
        try
        {
            var newHuggingFace = Path.Combine(staging, TrainingArtifact.HuggingFaceDirectory);
            Copy(Path.Combine(result.Training!.Directory, TrainingArtifact.HuggingFaceDirectory), newHuggingFace, _ => true);
            var newFiles = Path.Combine(staging, "files");
            Copy(result.Model.Directory, newFiles, name => name != StoreOwnFile);

            if (Directory.Exists(huggingFace))
            {
                Directory.Move(huggingFace, Path.Combine(staging, "previous"));
            }

            Directory.Move(newHuggingFace, huggingFace);
            // The manifest last: it holds the other files' hashes, so a model that is torn between two versions is recognized.
            foreach (var file in Directory.GetFiles(newFiles).OrderBy(file => Path.GetFileName(file) == ModelArtifact.ManifestFile).ThenBy(file => file, StringComparer.Ordinal))
            {
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
            }
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return target;
    }

    private static void Copy(string from, string to, Func<string, bool> wanted)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => wanted(Path.GetFileName(file))))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            // Entries may be read-only; the user's copy is the user's.
            File.SetAttributes(copy, FileAttributes.Normal);
        }
    }
}
