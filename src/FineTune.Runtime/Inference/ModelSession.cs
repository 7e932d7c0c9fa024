using FineTune.Core.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Runtime.Inference;

/// <summary>A model's graph in ONNX Runtime.</summary>
internal sealed class ModelSession : IDisposable
{
    private const string InputIds = "input_ids";
    private const string AttentionMask = "attention_mask";
    private const string TokenTypeIds = "token_type_ids";
    private const string Logits = "logits";

    // Small models on many cores spend more on handing work over than on the work.
    private const int MostThreads = 16;

    // What goes wrong is in the exception; a library does not write to the app's console.
    private const OrtLoggingLevel Quiet = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private static readonly string[] OutputNames = [Logits];

    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly bool _byToken;
    private readonly string _displayName;

    private ModelSession(InferenceSession session, string[] inputNames, int outputCount, bool byToken, string displayName)
    {
        _displayName = displayName;
        _session = session;
        _inputNames = inputNames;
        _byToken = byToken;
        OutputCount = outputCount;
    }

    /// <summary>Begins to load ONNX Runtime's native library in the background, which takes about as long as to read and check a small model. What goes wrong is said where a graph is opened.</summary>
    internal static void LoadLibrary()
        => Task.Run(OrtEnv.Instance).ContinueWith(loading => _ = loading.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Loads a graph from a file.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="outputCount">How many outputs the graph must give; <see langword="null"/> where the graph itself says how many there are.</param>
    /// <param name="byToken">Whether it must give them for each token, or once for the whole input.</param>
    /// <param name="displayName">The model's place for messages.</param>
    /// <exception cref="FineTuneException">FT6057: the graph cannot be used; FT6060: ONNX Runtime cannot be loaded.</exception>
    internal static ModelSession Open(string path, int? outputCount, bool byToken, string displayName)
        => Open(options => new InferenceSession(path, options), outputCount, byToken, displayName);

    /// <summary>Loads a graph from memory; otherwise as from a file.</summary>
    internal static ModelSession Open(byte[] graph, int? outputCount, bool byToken, string displayName)
        => Open(options => new InferenceSession(graph, options), outputCount, byToken, displayName);

    /// <summary>The number of outputs for each input, or for each of its tokens.</summary>
    internal int OutputCount { get; }

    /// <summary>Runs the graph on one batch.</summary>
    /// <param name="batch">The inputs.</param>
    /// <param name="paddingId">The id behind the end of shorter inputs.</param>
    /// <param name="read">Takes what is needed of the outputs of each input.</param>
    /// <returns>What was taken for each input.</returns>
    /// <exception cref="FineTuneException">FT6057: the graph gives another number of outputs; FT6061: ONNX Runtime stopped.</exception>
    internal T[] Run<T>(IReadOnlyList<EncodedInput> batch, int paddingId, OutputReader<T> read)
    {
        var length = batch.Max(input => input.Ids.Length);
        var ids = new long[batch.Count * length];
        var mask = new long[ids.Length];
        var segments = new long[ids.Length];
        for (var row = 0; row < batch.Count; row++)
        {
            var (tokens, tokenSegments) = batch[row];
            for (var position = 0; position < length; position++)
            {
                var isToken = position < tokens.Length;
                var at = (row * length) + position;
                ids[at] = isToken ? tokens[position] : paddingId;
                mask[at] = isToken ? 1 : 0;
                segments[at] = isToken && tokenSegments is not null ? tokenSegments[position] : 0;
            }
        }

        long[] shape = [batch.Count, length]; // [batch, tokens]
        var values = new List<OrtValue>(_inputNames.Length);
        try
        {
            foreach (var name in _inputNames)
            {
                var tensor = name switch
                {
                    InputIds => ids,
                    AttentionMask => mask,
                    _ => segments,
                };
                values.Add(OrtValue.CreateTensorValueFromMemory(tensor, shape));
            }

            using var options = new RunOptions { LogSeverityLevel = Quiet };
            using var outputs = _session.Run(options, _inputNames, values, OutputNames);
            return Rows(outputs[0].GetTensorDataAsSpan<float>(), batch, length, read);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new FineTuneException(
                "FT6061",
                $"ONNX Runtime stopped on a batch of {batch.Count} texts with {length} tokens: {exception.Message} If the memory was used up, predict fewer texts at once; otherwise build the model again.",
                new SourceLocation(_displayName),
                exception);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static ModelSession Open(Func<SessionOptions, InferenceSession> create, int? outputCount, bool byToken, string displayName)
    {
        InferenceSession session;
        try
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = Math.Min(Environment.ProcessorCount, MostThreads),
                LogSeverityLevel = Quiet,
            };
            session = create(options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw Unusable($"ONNX Runtime does not load it: {exception.Message}", displayName, exception);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new FineTuneException(
                "FT6060",
                $"ONNX Runtime's native library cannot be loaded: {(exception.InnerException ?? exception).Message} "
                + "Publish the app for the platform that it runs on (dotnet publish -r <runtime identifier>), and on Windows install the Visual C++ runtime.",
                innerException: exception);
        }

        try
        {
            var (inputNames, found) = CheckSignature(session, outputCount, byToken, displayName);
            return new ModelSession(session, inputNames, found, byToken, displayName);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // outputs: [batch, outputs] or [batch, length, outputs]; those of padding are left out.
    private T[] Rows<T>(ReadOnlySpan<float> outputs, IReadOnlyList<EncodedInput> batch, int length, OutputReader<T> read)
    {
        var stride = _byToken ? length * OutputCount : OutputCount;
        if (outputs.Length != batch.Count * stride)
        {
            throw Unusable($"It gives {outputs.Length} outputs for {batch.Count} texts, and the model has {stride} for each.", _displayName);
        }

        var rows = new T[batch.Count];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = read(row, outputs.Slice(row * stride, _byToken ? batch[row].Ids.Length * OutputCount : OutputCount));
        }

        return rows;
    }

    private static (string[] InputNames, int OutputCount) CheckSignature(InferenceSession session, int? outputCount, bool byToken, string displayName)
    {
        foreach (var (name, metadata) in session.InputMetadata.Select(input => (input.Key, input.Value)))
        {
            if (name is not (InputIds or AttentionMask or TokenTypeIds) || metadata.ElementType != typeof(long))
            {
                throw Unusable($"Its input '{name}' is not int64 {InputIds}, {AttentionMask} or {TokenTypeIds}.", displayName);
            }
        }

        if (!session.InputMetadata.ContainsKey(InputIds) || !session.InputMetadata.ContainsKey(AttentionMask))
        {
            throw Unusable($"It lacks the input {InputIds} or {AttentionMask}.", displayName);
        }

        var rank = byToken ? 3 : 2;
        if (!session.OutputMetadata.TryGetValue(Logits, out var logits) || logits.ElementType != typeof(float) || logits.Dimensions.Length != rank)
        {
            throw Unusable($"It lacks the output {Logits} of float32 {(byToken ? "[batch, tokens, outputs]" : "[batch, outputs]")}.", displayName);
        }

        // A free dimension is -1.
        var given = logits.Dimensions[rank - 1];
        if (outputCount is { } wanted ? given >= 0 && given != wanted : given <= 0)
        {
            throw Unusable(outputCount is null ? "It does not say how many outputs it gives." : $"It gives {given} logits, and the manifest has {outputCount} labels.", displayName);
        }

        return (session.InputMetadata.ContainsKey(TokenTypeIds) ? [InputIds, AttentionMask, TokenTypeIds] : [InputIds, AttentionMask], outputCount ?? given);
    }

    private static FineTuneException Unusable(string why, string displayName, Exception? innerException = null) => new(
        "FT6057",
        $"The model's graph cannot be used. {why} Build the model again with this version of FineTune.Build.",
        new SourceLocation(displayName),
        innerException);
}
