using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Runtime.Packaging;

namespace FineTune.Runtime.Tests;

/// <summary>A model with three labels whose graph is small enough to be computed by hand (Models/tiny_classifier.py).</summary>
internal static class TinyModel
{
    internal static readonly string[] Labels = ["negative", "neutral", "positive"];

    internal const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngood\nbad\nfilm\nthe\n!\n##ly\n##s\n";

    /// <summary>Writes the model into a folder and returns the folder.</summary>
    internal static string Write(string folder, string graph = "tiny-classifier.onnx", Func<ModelManifest, ModelManifest>? change = null)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Models", graph), Path.Combine(folder, "model.onnx"), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), Vocabulary);
        var manifest = new ModelManifest
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            Name = "Tiny",
            Task = FineTuneTask.TextClassification,
            Labels = Labels,
            MaxLength = 16,
            Tokenizer = new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = true, StripAccents = true, SplitChineseCharacters = true },
            TrainingFingerprint = new string('0', 64),
            ExportFingerprint = new string('1', 64),
            Files = new Dictionary<string, string>
            {
                ["vocab.txt"] = ContentHash.OfFile(Path.Combine(folder, "vocab.txt")),
                ["model.onnx"] = ContentHash.OfFile(Path.Combine(folder, "model.onnx")),
            },
        };
        File.WriteAllText(Path.Combine(folder, "manifest.json"), CoreJson.Write(change is null ? manifest : change(manifest), indented: true));
        return folder;
    }

    /// <summary>The bytes of the model as a package.</summary>
    internal static byte[] Package()
    {
        using var folder = new TemporaryFolder();
        using var package = new MemoryStream();
        ModelPackage.Write(Write(folder.Path), package);
        return package.ToArray();
    }

    /// <summary>The logits of some token ids, as the graph computes them.</summary>
    internal static double[] Logits(IReadOnlyList<int> ids)
    {
        double[][] head = [[1.0, -0.5, 0.25], [-1.0, 0.5, 0.0], [0.5, 0.5, -1.0], [0.0, -0.25, 0.75]];
        var logits = new double[3];
        for (var column = 0; column < 4; column++)
        {
            var mean = ids.Average(id => ((((3 * id) + (5 * column)) % 7) - 3));
            for (var label = 0; label < 3; label++)
            {
                logits[label] += mean * head[column][label];
            }
        }

        return logits;
    }
}
