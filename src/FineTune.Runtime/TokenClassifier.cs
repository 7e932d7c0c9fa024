using System.Reflection;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime.Entities;
using FineTune.Runtime.Inference;
using FineTune.Runtime.Words;

namespace FineTune.Runtime;

/// <summary>Finds entities in a text, such as names of people and places. Load it once and keep it: loading costs far more than a prediction.</summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
public sealed class TokenClassifier : IDisposable
{
    private readonly LoadedModel _model;
    private readonly EntityTags _tags;

    private TokenClassifier(LoadedModel model)
    {
        _model = model;
        _tags = new EntityTags(model.Manifest.Labels);
    }

    /// <summary>The types of entities; the position is the index of <see cref="EntityPrediction.LabelIndex"/>.</summary>
    public IReadOnlyList<string> Labels => _tags.Types;

    /// <summary>The tags of words: <c>O</c>, <c>B-type</c>, <c>I-type</c>, ….</summary>
    internal IReadOnlyList<string> Tags => _model.Manifest.Labels;

    /// <summary>Loads a model from disk and checks each of its files.</summary>
    /// <param name="fileOrFolder">A <c>.ftmodel</c> file, or a folder with <c>manifest.json</c> and the files that it lists.</param>
    /// <exception cref="FineTuneException">
    /// FT6050: the model's format is newer or older than this version reads; FT6051 to FT6054, FT6056, FT6057, FT6059: it is missing, damaged or
    /// incomplete; FT6060: ONNX Runtime's native library cannot be loaded; FT6065: it was trained for another task; FT2051 to FT2053: its tokenizer cannot be used.
    /// </exception>
    public static TokenClassifier Load(string fileOrFolder) => new(LoadedModel.Open(fileOrFolder, FineTuneTask.TokenClassification));

    /// <summary>Loads a model from a stream and checks each of its files.</summary>
    /// <param name="package">The bytes of a <c>.ftmodel</c> file. The stream is read to its end and closed.</param>
    /// <exception cref="FineTuneException">As for <see cref="Load(string)"/>.</exception>
    public static TokenClassifier Load(Stream package) => new(LoadedModel.Open(package, FineTuneTask.TokenClassification));

    /// <summary>Loads a model that is embedded in an assembly and checks each of its files.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resourceName">The name of the manifest resource, the bytes of a <c>.ftmodel</c> file.</param>
    /// <exception cref="FineTuneException">FT6055: the assembly has no such resource; others as for <see cref="Load(string)"/>.</exception>
    public static TokenClassifier LoadResource(Assembly assembly, string resourceName) => new(LoadedModel.OpenResource(assembly, resourceName, FineTuneTask.TokenClassification));

    /// <summary>Finds the entities of one text.</summary>
    /// <param name="text">The text; may be empty. One that is longer than the model's longest input is read in overlapping windows.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public TokenPrediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text])[0];
    }

    /// <summary>Finds the entities of several texts, in batches of similar length; much faster than one by one.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <returns>A prediction for each text, in the order of <paramref name="texts"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="texts"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped.</exception>
    public IReadOnlyList<TokenPrediction> Predict(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        _model.RequireUsable();
        var all = new List<(string Text, IReadOnlyList<TextWord> Words)>();
        foreach (var text in texts)
        {
            ArgumentNullException.ThrowIfNull(text, nameof(texts));
            all.Add((text, TextWords.Split(text)));
        }

        var outputs = Run(all);
        return [.. all.Select((row, index) => new TokenPrediction(row.Text, Entities(row.Text, row.Words, outputs[index])))];
    }

    /// <summary>Frees the model's memory. No prediction may be running.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>The outputs for the words of each text: those of its words one after another, [words × tags].</summary>
    internal IReadOnlyList<float[]> Run(IReadOnlyList<(string Text, IReadOnlyList<TextWord> Words)> texts)
    {
        var windows = texts.Select(row => WordWindows.Of(_model.Tokenizer, row.Text, row.Words, _model.Manifest.MaxLength)).ToList();
        var outputs = _model.Run([.. windows.SelectMany(row => row).Select(window => new EncodedInput(window.Ids))]);
        var next = 0;
        return [.. windows.Select(row => row.SelectMany(window => Wanted(window, outputs[next++])).ToArray())];
    }

    private IEnumerable<float> Wanted(WordWindow window, float[] outputs) => window.Wanted.SelectMany(token => new ArraySegment<float>(outputs, token * Tags.Count, Tags.Count));

    private IReadOnlyList<EntityPrediction> Entities(string text, IReadOnlyList<TextWord> words, float[] outputs)
    {
        var logits = words.Select((_, word) => new ArraySegment<float>(outputs, word * Tags.Count, Tags.Count)).ToList();
        int[] answers = [.. logits.Select(row => Softmax.IndexOfLargest(row))];
        return
        [
            .. _tags.Find(answers).Select(entity =>
            {
                var (start, end) = (words[entity.Start].Start, words[entity.End - 1].End);
                var score = Enumerable.Range(entity.Start, entity.End - entity.Start).Average(word => Softmax.Of(logits[word])[answers[word]]);
                return new EntityPrediction(text.Substring(start, end - start), start, Labels[entity.Type], entity.Type, score);
            }),
        ];
    }
}
