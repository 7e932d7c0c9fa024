using System.Reflection;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Inference;
using FineTune.Runtime.Packaging;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime;

/// <summary>Says which of its labels fits a text. Load it once and keep it: loading costs far more than a prediction.</summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
public sealed class TextClassifier : IDisposable
{
    private readonly TextTokenizer _tokenizer;
    private readonly ClassifierSession _session;
    private readonly int _maxLength;
    private bool _isDisposed;

    private TextClassifier(ModelManifest manifest, TextTokenizer tokenizer, ClassifierSession session)
    {
        Labels = manifest.Labels;
        _maxLength = manifest.MaxLength;
        _tokenizer = tokenizer;
        _session = session;
    }

    /// <summary>The labels; the position is the index of scores and logits.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Loads a model from disk and checks each of its files.</summary>
    /// <param name="fileOrFolder">A <c>.ftmodel</c> file, or a folder with <c>manifest.json</c> and the files that it lists.</param>
    /// <exception cref="FineTuneException">
    /// FT6050: the model's format is newer or older than this version reads; FT6051 to FT6054, FT6056, FT6057, FT6059: it is missing, damaged or
    /// incomplete; FT6060: ONNX Runtime's native library cannot be loaded; FT2051 to FT2053: its tokenizer cannot be used.
    /// </exception>
    public static TextClassifier Load(string fileOrFolder)
    {
        ArgumentNullException.ThrowIfNull(fileOrFolder);
        using var files = ModelPackage.Open(fileOrFolder);
        return Load(files);
    }

    /// <summary>Loads a model from a stream and checks each of its files.</summary>
    /// <param name="package">The bytes of a <c>.ftmodel</c> file. The stream is read to its end and closed.</param>
    /// <exception cref="FineTuneException">As for <see cref="Load(string)"/>.</exception>
    public static TextClassifier Load(Stream package)
    {
        ArgumentNullException.ThrowIfNull(package);
        using var files = new PackageModelFiles(package, "model");
        return Load(files);
    }

    /// <summary>Loads a model that is embedded in an assembly and checks each of its files.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resourceName">The name of the manifest resource, the bytes of a <c>.ftmodel</c> file.</param>
    /// <exception cref="FineTuneException">FT6055: the assembly has no such resource; others as for <see cref="Load(string)"/>.</exception>
    public static TextClassifier LoadResource(Assembly assembly, string resourceName)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(resourceName);
        var resource = assembly.GetManifestResourceStream(resourceName) ?? throw MissingResource(assembly, resourceName);
        using var files = new PackageModelFiles(resource, $"{assembly.GetName().Name}/{resourceName}");
        return Load(files);
    }

    /// <summary>Classifies one text.</summary>
    /// <param name="text">The text; may be empty. What is longer than the model's longest input is cut.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public Prediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text])[0];
    }

    /// <summary>Classifies several texts, in batches of similar length; much faster than one by one.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <returns>A prediction for each text, in the order of <paramref name="texts"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="texts"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var all = texts.ToArray();
        var encoded = new int[all.Length][];
        for (var i = 0; i < all.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(all[i], nameof(texts));
            encoded[i] = _tokenizer.Encode(all[i], _maxLength);
        }

        var predictions = new Prediction[all.Length];
        foreach (var batch in BatchPlan.ByLength(encoded))
        {
            var logits = _session.Run(batch, encoded, _tokenizer.PaddingId);
            for (var row = 0; row < batch.Count; row++)
            {
                predictions[batch[row]] = new Prediction(all[batch[row]], Labels, logits[row]);
            }
        }

        return predictions;
    }

    /// <summary>Frees the model's memory. No prediction may be running.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _session.Dispose();
    }

    private static TextClassifier Load(ModelFiles files)
    {
        var manifest = ModelPackage.ReadManifest(files);
        foreach (var file in manifest.Files)
        {
            files.Verify(file.Key, file.Value);
        }

        var tokenizer = TextTokenizer.Create(manifest.Tokenizer, name => new MemoryStream(files.ReadAllBytes(name)));
        var session = files.PathOf(ModelPackage.GraphFile) is { } path
            ? ClassifierSession.Open(path, manifest.Labels.Count, files.DisplayName)
            : ClassifierSession.Open(files.ReadAllBytes(ModelPackage.GraphFile), manifest.Labels.Count, files.DisplayName);
        return new TextClassifier(manifest, tokenizer, session);
    }

    private static FineTuneException MissingResource(Assembly assembly, string resourceName)
    {
        var names = assembly.GetManifestResourceNames();
        return new FineTuneException(
            "FT6055",
            $"The assembly {assembly.GetName().Name} has no embedded resource '{resourceName}'; it has {(names.Length == 0 ? "none" : string.Join(", ", names))}. "
            + "Build the project with its FineTuneModel item, so that the model is embedded.");
    }
}
