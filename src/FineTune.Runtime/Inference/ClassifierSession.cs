using FineTune.Core.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Runtime.Inference;

/// <summary>A classifier's graph in ONNX Runtime.</summary>
internal sealed class ClassifierSession : IDisposable
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
    private readonly int _labelCount;
    private readonly string _displayName;

    private ClassifierSession(InferenceSession session, string[] inputNames, int labelCount, string displayName)
    {
        _displayName = displayName;
        _session = session;
        _inputNames = inputNames;
        _labelCount = labelCount;
    }

    /// <summary>Loads a graph from a file.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="labelCount">How many logits the graph must give.</param>
    /// <param name="displayName">The model's place for messages.</param>
    /// <exception cref="FineTuneException">FT6057: the graph cannot be used; FT6060: ONNX Runtime cannot be loaded.</exception>
    internal static ClassifierSession Open(string path, int labelCount, string displayName)
        => Open(options => new InferenceSession(path, options), labelCount, displayName);

    /// <summary>Loads a graph from memory; otherwise as from a file.</summary>
    internal static ClassifierSession Open(byte[] graph, int labelCount, string displayName)
        => Open(options => new InferenceSession(graph, options), labelCount, displayName);

    /// <summary>Runs the graph on one batch.</summary>
    /// <param name="batch">Which inputs.</param>
    /// <param name="inputs">The token ids of all inputs.</param>
    /// <param name="paddingId">The id behind the end of shorter inputs.</param>
    /// <returns>The logits of each input of the batch, [batch][labels].</returns>
    /// <exception cref="FineTuneException">FT6057: the graph gives another number of logits; FT6061: ONNX Runtime stopped.</exception>
    internal float[][] Run(IReadOnlyList<int> batch, IReadOnlyList<int[]> inputs, int paddingId)
    {
        var length = batch.Max(index => inputs[index].Length);
        var ids = new long[batch.Count * length];
        var mask = new long[ids.Length];
        for (var row = 0; row < batch.Count; row++)
        {
            var input = inputs[batch[row]];
            for (var position = 0; position < length; position++)
            {
                var isToken = position < input.Length;
                ids[(row * length) + position] = isToken ? input[position] : paddingId;
                mask[(row * length) + position] = isToken ? 1 : 0;
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
                    _ => new long[ids.Length],
                };
                values.Add(OrtValue.CreateTensorValueFromMemory(tensor, shape));
            }

            using var options = new RunOptions { LogSeverityLevel = Quiet };
            using var outputs = _session.Run(options, _inputNames, values, OutputNames);
            return Rows(outputs[0].GetTensorDataAsSpan<float>(), batch.Count);
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

    private static ClassifierSession Open(Func<SessionOptions, InferenceSession> create, int labelCount, string displayName)
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
            return new ClassifierSession(session, CheckSignature(session, labelCount, displayName), labelCount, displayName);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // logits: [batch, labels]
    private float[][] Rows(ReadOnlySpan<float> logits, int count)
    {
        if (logits.Length != count * _labelCount)
        {
            throw Unusable($"It gives {logits.Length} logits for {count} texts, and the model has {_labelCount} labels.", _displayName);
        }

        var rows = new float[count][];
        for (var row = 0; row < count; row++)
        {
            rows[row] = logits.Slice(row * _labelCount, _labelCount).ToArray();
        }

        return rows;
    }

    private static string[] CheckSignature(InferenceSession session, int labelCount, string displayName)
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

        if (!session.OutputMetadata.TryGetValue(Logits, out var logits) || logits.ElementType != typeof(float) || logits.Dimensions.Length != 2)
        {
            throw Unusable($"It lacks the output {Logits} of float32 [batch, labels].", displayName);
        }

        // A free dimension is -1.
        if (logits.Dimensions[1] >= 0 && logits.Dimensions[1] != labelCount)
        {
            throw Unusable($"It gives {logits.Dimensions[1]} logits, and the manifest has {labelCount} labels.", displayName);
        }

        return session.InputMetadata.ContainsKey(TokenTypeIds) ? [InputIds, AttentionMask, TokenTypeIds] : [InputIds, AttentionMask];
    }

    private static FineTuneException Unusable(string why, string displayName, Exception? innerException = null) => new(
        "FT6057",
        $"The model's graph cannot be used. {why} Build the model again with this version of FineTune.Build.",
        new SourceLocation(displayName),
        innerException);
}
