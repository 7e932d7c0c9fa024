using System.Reflection;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Packaging;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Inference;

/// <summary>A model in memory: its manifest, its tokenizer and its graph. The classes that apps use stand on it, one for each task.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly ModelSession _session;
    private readonly int _largestBatch;
    private bool _isDisposed;

    private LoadedModel(ModelManifest manifest, TextTokenizer tokenizer, ModelSession session)
    {
        Manifest = manifest;
        Tokenizer = tokenizer;
        _session = session;
        // Each token of a masked-language model has as many outputs as there are tokens in the vocabulary.
        _largestBatch = manifest.Task == FineTuneTask.MaskedLanguageModeling ? 1 : BatchPlan.LargestBatch;
    }

    /// <summary>What the model says of itself.</summary>
    internal ModelManifest Manifest { get; }

    /// <summary>Turns text into token ids.</summary>
    internal TextTokenizer Tokenizer { get; }

    /// <summary>The number of outputs of each input, or of each token of it.</summary>
    internal int OutputCount => _session.OutputCount;

    /// <summary>Loads a model from disk and checks each of its files.</summary>
    /// <param name="fileOrFolder">A <c>.ftmodel</c> file, or a folder with <c>manifest.json</c> and the files that it lists.</param>
    /// <param name="task">The task that the caller is for.</param>
    internal static LoadedModel Open(string fileOrFolder, FineTuneTask task)
    {
        ArgumentNullException.ThrowIfNull(fileOrFolder);
        using var files = ModelPackage.Open(fileOrFolder);
        return Open(files, task);
    }

    /// <summary>Loads a model from a stream, which is read to its end and closed.</summary>
    internal static LoadedModel Open(Stream package, FineTuneTask task)
    {
        ArgumentNullException.ThrowIfNull(package);
        using var files = new PackageModelFiles(package, "model");
        return Open(files, task);
    }

    /// <summary>Loads a model that is embedded in an assembly.</summary>
    internal static LoadedModel OpenResource(Assembly assembly, string resourceName, FineTuneTask task)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(resourceName);
        var resource = assembly.GetManifestResourceStream(resourceName) ?? throw MissingResource(assembly, resourceName);
        using var files = new PackageModelFiles(resource, $"{assembly.GetName().Name}/{resourceName}");
        return Open(files, task);
    }

    /// <summary>A text as the graph reads it, cut to the model's longest input.</summary>
    /// <exception cref="FineTuneException">FT6066: the model was trained on pairs of texts.</exception>
    internal EncodedInput Encode(string text, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(text, parameterName);
        return Manifest.HasPairs
            ? throw new FineTuneException("FT6066", $"The model '{Manifest.Name}' was trained on pairs of texts. Give it two: Predict(text, secondText).")
            : new(Tokenizer.Encode(text, Manifest.MaxLength));
    }

    /// <summary>A pair of texts as the graph reads it; what is too long is cut from the longer one.</summary>
    /// <exception cref="FineTuneException">FT6066: the model was trained on single texts.</exception>
    internal EncodedInput Encode(string text, string secondText, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(text, parameterName);
        ArgumentNullException.ThrowIfNull(secondText, parameterName);
        if (!Manifest.HasPairs)
        {
            throw new FineTuneException("FT6066", $"The model '{Manifest.Name}' was trained on single texts. Give it one: Predict(text).");
        }

        var (ids, segmentIds) = Tokenizer.EncodePair(text, secondText, Manifest.MaxLength);
        return new(ids, segmentIds);
    }

    /// <summary>The outputs of each input, in the order of the inputs; those of similar length run together.</summary>
    /// <returns>For each input its outputs, or those of its tokens one after another.</returns>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6057: the graph gives another number of outputs; FT6061: ONNX Runtime stopped.</exception>
    internal float[][] Run(IReadOnlyList<EncodedInput> inputs)
    {
        RequireUsable();
        var results = new float[inputs.Count][];
        foreach (var batch in BatchPlan.ByLength(inputs, _largestBatch))
        {
            var outputs = _session.Run([.. batch.Select(index => inputs[index])], Tokenizer.PaddingId);
            for (var row = 0; row < batch.Count; row++)
            {
                results[batch[row]] = outputs[row];
            }
        }

        return results;
    }

    /// <summary>Checks, before anything is encoded, that the model was not disposed.</summary>
    internal void RequireUsable() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _session.Dispose();
    }

    private static LoadedModel Open(ModelFiles files, FineTuneTask task)
    {
        var manifest = ModelPackage.ReadManifest(files);
        if (manifest.Task != task)
        {
            throw new FineTuneException(
                "FT6065",
                $"The model is trained for {manifest.Task}, and {RuntimeClassOf(task)} loads models for {task}. Load it with {RuntimeClassOf(manifest.Task)}.",
                new SourceLocation(files.DisplayName));
        }

        foreach (var file in manifest.Files)
        {
            files.Verify(file.Key, file.Value);
        }

        var tokenizer = TextTokenizer.Create(manifest.Tokenizer, name => new MemoryStream(files.ReadAllBytes(name)));
        int? outputCount = task switch
        {
            FineTuneTask.TextRegression => 1,
            FineTuneTask.MaskedLanguageModeling => null,
            _ => manifest.Labels.Count,
        };
        var byToken = task is FineTuneTask.TokenClassification or FineTuneTask.MaskedLanguageModeling;
        var session = files.PathOf(ModelPackage.GraphFile) is { } path
            ? ModelSession.Open(path, outputCount, byToken, files.DisplayName)
            : ModelSession.Open(files.ReadAllBytes(ModelPackage.GraphFile), outputCount, byToken, files.DisplayName);
        return new LoadedModel(manifest, tokenizer, session);
    }

    private static string RuntimeClassOf(FineTuneTask task) => task switch
    {
        FineTuneTask.TextClassification => nameof(TextClassifier),
        FineTuneTask.MultiLabelClassification => nameof(MultiLabelClassifier),
        FineTuneTask.TextRegression => nameof(TextRegressor),
        FineTuneTask.TokenClassification => nameof(TokenClassifier),
        _ => "MaskedLanguageModel",
    };

    private static FineTuneException MissingResource(Assembly assembly, string resourceName)
    {
        var names = assembly.GetManifestResourceNames();
        return new FineTuneException(
            "FT6055",
            $"The assembly {assembly.GetName().Name} has no embedded resource '{resourceName}'; it has {(names.Length == 0 ? "none" : string.Join(", ", names))}. "
            + "Build the project with its FineTuneModel item, so that the model is embedded.");
    }
}
