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
    private static readonly Dictionary<FineTuneTask, string> Classes = new()
    {
        [FineTuneTask.TextClassification] = nameof(TextClassifier),
        [FineTuneTask.MultiLabelClassification] = nameof(MultiLabelClassifier),
        [FineTuneTask.TextRegression] = nameof(TextRegressor),
        [FineTuneTask.TokenClassification] = nameof(TokenClassifier),
        [FineTuneTask.MaskedLanguageModeling] = nameof(MaskedLanguageModel),
    };

    private readonly ModelSession _session;
    private bool _isDisposed;

    private LoadedModel(ModelManifest manifest, TextTokenizer tokenizer, ModelSession session)
    {
        Manifest = manifest;
        Tokenizer = tokenizer;
        _session = session;
    }

    /// <summary>What the model says of itself.</summary>
    internal ModelManifest Manifest { get; }

    /// <summary>The number of outputs for each input, or for each of its tokens.</summary>
    internal int OutputCount => _session.OutputCount;

    /// <summary>Turns text into token ids.</summary>
    internal TextTokenizer Tokenizer { get; }

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

    /// <summary>An answer to each text, in their order.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <param name="answer">Makes an answer of a text and the model's outputs for it.</param>
    /// <exception cref="FineTuneException">FT6066: the model was trained on pairs of texts; others as for <see cref="Run"/>.</exception>
    internal IReadOnlyList<T> Answer<T>(IEnumerable<string> texts, Func<string, float[], T> answer)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequireUsable();
        string[] all = [.. texts];
        var outputs = Run([.. all.Select(text => Encode(text, nameof(texts)))]);
        return [.. all.Select((text, index) => answer(text, outputs[index]))];
    }

    /// <summary>An answer to each pair of texts, in their order.</summary>
    /// <param name="pairs">The pairs; no text may be <see langword="null"/>.</param>
    /// <param name="answer">Makes an answer of both texts and the model's outputs for them.</param>
    /// <exception cref="FineTuneException">FT6066: the model was trained on single texts; others as for <see cref="Run"/>.</exception>
    internal IReadOnlyList<T> Answer<T>(IEnumerable<(string Text, string SecondText)> pairs, Func<string, string, float[], T> answer)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        RequireUsable();
        (string Text, string SecondText)[] all = [.. pairs];
        var outputs = Run([.. all.Select(pair => Encode(pair.Text, pair.SecondText, nameof(pairs)))]);
        return [.. all.Select((pair, index) => answer(pair.Text, pair.SecondText, outputs[index]))];
    }

    /// <summary>A text as the graph reads it, cut to the model's longest input.</summary>
    private EncodedInput Encode(string text, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(text, parameterName);
        return Manifest.HasPairs
            ? throw new FineTuneException("FT6066", $"The model '{Manifest.Name}' was trained on pairs of texts. Give it two: Predict(text, secondText).")
            : new(Tokenizer.Encode(text, Manifest.MaxLength));
    }

    /// <summary>A pair of texts as the graph reads it; what is too long is cut from the longer one.</summary>
    private EncodedInput Encode(string text, string secondText, string parameterName)
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
    internal float[][] Run(IReadOnlyList<EncodedInput> inputs) => Run(inputs, (_, outputs) => outputs.ToArray());

    /// <summary>What is needed of the outputs of each input, in the order of the inputs. Where a token has as many outputs as there are words in a language, they are never all kept.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="read">Takes it from the outputs of an input, or of its tokens one after another.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6057: the graph gives another number of outputs; FT6061: ONNX Runtime stopped.</exception>
    internal T[] Run<T>(IReadOnlyList<EncodedInput> inputs, OutputReader<T> read)
    {
        RequireUsable();
        var results = new T[inputs.Count];
        foreach (var batch in BatchPlan.ByLength(inputs, _session.OutputCount, LargestBatch))
        {
            var outputs = _session.Run([.. batch.Select(index => inputs[index])], Tokenizer.PaddingId, (row, values) => read(batch[row], values));
            for (var row = 0; row < batch.Count; row++)
            {
                results[batch[row]] = outputs[row];
            }
        }

        return results;
    }

    // A quantized graph rounds all numbers of a call by the largest of them. An answer must not depend on what else is asked.
    private int LargestBatch => Manifest.Quantization == Quantization.None ? BatchPlan.LargestBatch : 1;

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
        ModelSession.LoadLibrary();
        var manifest = ModelPackage.ReadManifest(files);
        if (manifest.Task != task)
        {
            throw new FineTuneException(
                "FT6065",
                $"The model is trained for {manifest.Task}, and {Classes[task]} loads models for {task}. "
                + (Classes.TryGetValue(manifest.Task, out var right) ? $"Load it with {right}." : "This version of FineTune.Runtime has no class for it; update the package."),
                new SourceLocation(files.DisplayName));
        }

        // ONNX Runtime opens a graph that is a file by itself; all else is in memory from here on.
        var graphPath = files.PathOf(ModelPackage.GraphFile);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, hash) in manifest.Files.Select(file => (file.Key, file.Value)))
        {
            if (name == ModelPackage.GraphFile && graphPath is not null)
            {
                files.Verify(name, hash);
            }
            else
            {
                contents.Add(name, files.ReadVerified(name, hash));
            }
        }

        var tokenizer = Task.Run(() => CreateTokenizer(manifest.Tokenizer, contents));
        int? outputCount = task switch
        {
            FineTuneTask.TextRegression => 1,
            FineTuneTask.MaskedLanguageModeling => null,
            _ => manifest.Labels.Count,
        };
        var byToken = task is FineTuneTask.TokenClassification or FineTuneTask.MaskedLanguageModeling;
        var session = graphPath is not null
            ? ModelSession.Open(graphPath, outputCount, byToken, files.DisplayName)
            : ModelSession.Open(contents[ModelPackage.GraphFile], outputCount, byToken, files.DisplayName);
        try
        {
            return new LoadedModel(manifest, tokenizer.GetAwaiter().GetResult(), session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads the tokenizer's files while another thread opens the graph, and lets it do once what it does only once: tables are read and code is compiled before the first text comes.</summary>
    private static TextTokenizer CreateTokenizer(TokenizerSettings settings, Dictionary<string, byte[]> contents)
    {
        var tokenizer = TextTokenizer.Create(settings, name => new MemoryStream(contents[name]));
        tokenizer.CountTokens("a");
        return tokenizer;
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
