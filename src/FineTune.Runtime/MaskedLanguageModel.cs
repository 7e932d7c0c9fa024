using System.Reflection;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime.Inference;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Words;

namespace FineTune.Runtime;

/// <summary>Guesses hidden tokens of a text from those around them. Load it once and keep it: loading costs far more than a prediction.</summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
public sealed class MaskedLanguageModel : IDisposable
{
    private const int UsualCandidates = 5;

    private readonly LoadedModel _model;

    private MaskedLanguageModel(LoadedModel model)
    {
        _model = model;
        MaskToken = model.Tokenizer.TokenOf(model.Tokenizer.MaskId);
    }

    /// <summary>What stands in a text in the place of a hidden token, such as <c>[MASK]</c>.</summary>
    public string MaskToken { get; }

    /// <summary>Turns text into token ids.</summary>
    internal TextTokenizer Tokenizer => _model.Tokenizer;

    /// <summary>The longest input in tokens.</summary>
    internal int MaxLength => _model.Manifest.MaxLength;

    /// <summary>Loads a model from disk and checks each of its files.</summary>
    /// <param name="fileOrFolder">A <c>.ftmodel</c> file, or a folder with <c>manifest.json</c> and the files that it lists.</param>
    /// <exception cref="FineTuneException">
    /// FT6050: the model's format is newer or older than this version reads; FT6051 to FT6054, FT6056, FT6057, FT6059: it is missing, damaged or
    /// incomplete; FT6060: ONNX Runtime's native library cannot be loaded; FT6065: it was trained for another task; FT2051 to FT2053: its tokenizer cannot be used.
    /// </exception>
    public static MaskedLanguageModel Load(string fileOrFolder) => new(LoadedModel.Open(fileOrFolder, FineTuneTask.MaskedLanguageModeling));

    /// <summary>Loads a model from a stream and checks each of its files.</summary>
    /// <param name="package">The bytes of a <c>.ftmodel</c> file. The stream is read to its end and closed.</param>
    /// <exception cref="FineTuneException">As for <see cref="Load(string)"/>.</exception>
    public static MaskedLanguageModel Load(Stream package) => new(LoadedModel.Open(package, FineTuneTask.MaskedLanguageModeling));

    /// <summary>Loads a model that is embedded in an assembly and checks each of its files.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resourceName">The name of the manifest resource, the bytes of a <c>.ftmodel</c> file.</param>
    /// <exception cref="FineTuneException">FT6055: the assembly has no such resource; others as for <see cref="Load(string)"/>.</exception>
    public static MaskedLanguageModel LoadResource(Assembly assembly, string resourceName) => new(LoadedModel.OpenResource(assembly, resourceName, FineTuneTask.MaskedLanguageModeling));

    /// <summary>Guesses the hidden tokens of one text, with five candidates for each.</summary>
    /// <param name="text">The text, with <see cref="MaskToken"/> for each hidden token. A hidden token of a long text is guessed from as many tokens around it as the model reads at once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public MaskPrediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text])[0];
    }

    /// <summary>Guesses the hidden tokens of several texts, with five candidates for each.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <returns>A prediction for each text, in the order of <paramref name="texts"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="texts"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public IReadOnlyList<MaskPrediction> Predict(IEnumerable<string> texts) => Predict(texts, UsualCandidates);

    /// <summary>Guesses the hidden tokens of several texts.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <param name="candidates">How many candidates there are for each hidden token; at least 1.</param>
    /// <returns>A prediction for each text, in the order of <paramref name="texts"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="texts"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="candidates"/> is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public IReadOnlyList<MaskPrediction> Predict(IEnumerable<string> texts, int candidates)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        _model.RequireUsable();
        var all = new List<(string Text, IReadOnlyList<TextWord> Hidden, IReadOnlyList<WordWindow> Windows)>();
        foreach (var text in texts)
        {
            ArgumentNullException.ThrowIfNull(text, nameof(texts));
            TextWord[] hidden = [.. Tokenizer.Tokenize(text).Where(token => token.Id == Tokenizer.MaskId).Select(token => new TextWord(token.Start, token.End - token.Start))];
            all.Add((text, hidden, hidden.Length == 0 ? [] : WordWindows.Of(Tokenizer, text, hidden, MaxLength)));
        }

        WordWindow[] windows = [.. all.SelectMany(row => row.Windows)];
        var answers = Run(windows, (_, _, logits) => Best(logits, candidates));
        var next = 0;
        return [.. all.Select(row => new MaskPrediction(row.Text, [.. row.Windows.SelectMany(_ => answers[next++]).Zip(row.Hidden, (best, place) => new MaskedToken(place.Start, place.Length, best))]))];
    }

    /// <summary>Frees the model's memory. No prediction may be running.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>Reads the outputs for the wanted tokens of each input.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="read">Takes what is needed of the outputs for a wanted token, one for each token of the vocabulary.</param>
    internal T[][] Run<T>(IReadOnlyList<WordWindow> inputs, WantedOutputReader<T> read) => _model.Run([.. inputs.Select(input => new EncodedInput(input.Ids))], (index, outputs) =>
    {
        var answers = new T[inputs[index].Wanted.Length];
        for (var wanted = 0; wanted < answers.Length; wanted++)
        {
            answers[wanted] = read(index, wanted, outputs.Slice(inputs[index].Wanted[wanted] * _model.OutputCount, _model.OutputCount));
        }

        return answers;
    });

    private IReadOnlyList<TokenCandidate> Best(ReadOnlySpan<float> logits, int count)
    {
        var logSum = Softmax.LogSum(logits);
        return [.. LargestValues.Of(logits, count).Select(logit => new TokenCandidate(Tokenizer.TokenOf(logit.Index), logit.Index, Math.Exp(logit.Value - logSum)))];
    }
}
