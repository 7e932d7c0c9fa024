using System.Reflection;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime.Inference;

namespace FineTune.Runtime;

/// <summary>Says which of its labels fits a text. Load it once and keep it: loading costs far more than a prediction.</summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
public sealed class TextClassifier : IDisposable
{
    private readonly LoadedModel _model;

    private TextClassifier(LoadedModel model) => _model = model;

    /// <summary>The labels; the position is the index of scores and logits.</summary>
    public IReadOnlyList<string> Labels => _model.Manifest.Labels;

    /// <summary>Loads a model from disk and checks each of its files.</summary>
    /// <param name="fileOrFolder">A <c>.ftmodel</c> file, or a folder with <c>manifest.json</c> and the files that it lists.</param>
    /// <exception cref="FineTuneException">
    /// FT6050: the model's format is newer or older than this version reads; FT6051 to FT6054, FT6056, FT6057, FT6059: it is missing, damaged or
    /// incomplete; FT6060: ONNX Runtime's native library cannot be loaded; FT6065: it was trained for another task; FT2051 to FT2053: its tokenizer cannot be used.
    /// </exception>
    public static TextClassifier Load(string fileOrFolder) => new(LoadedModel.Open(fileOrFolder, FineTuneTask.TextClassification));

    /// <summary>Loads a model from a stream and checks each of its files.</summary>
    /// <param name="package">The bytes of a <c>.ftmodel</c> file. The stream is read to its end and closed.</param>
    /// <exception cref="FineTuneException">As for <see cref="Load(string)"/>.</exception>
    public static TextClassifier Load(Stream package) => new(LoadedModel.Open(package, FineTuneTask.TextClassification));

    /// <summary>Loads a model that is embedded in an assembly and checks each of its files.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="resourceName">The name of the manifest resource, the bytes of a <c>.ftmodel</c> file.</param>
    /// <exception cref="FineTuneException">FT6055: the assembly has no such resource; others as for <see cref="Load(string)"/>.</exception>
    public static TextClassifier LoadResource(Assembly assembly, string resourceName) => new(LoadedModel.OpenResource(assembly, resourceName, FineTuneTask.TextClassification));

    /// <summary>Classifies one text.</summary>
    /// <param name="text">The text; may be empty. What is longer than the model's longest input is cut.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped; FT6066: the model was trained on pairs of texts.</exception>
    public Prediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text])[0];
    }

    /// <summary>Classifies several texts, in batches of similar length; much faster than one by one.</summary>
    /// <param name="texts">The texts; none may be <see langword="null"/>.</param>
    /// <returns>A prediction for each text, in the order of <paramref name="texts"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="texts"/> or one of them is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped; FT6066: the model was trained on pairs of texts.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<string> texts) => _model.Answer(texts, (text, outputs) => new Prediction(text, Labels, outputs));

    /// <summary>Classifies a pair of texts.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="secondText">The second text. What is longer than the model's longest input is cut from the longer text.</param>
    /// <exception cref="ArgumentNullException">A text is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped; FT6066: the model was trained on single texts.</exception>
    public Prediction Predict(string text, string secondText)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(secondText);
        return Predict([(text, secondText)])[0];
    }

    /// <summary>Classifies several pairs of texts, in batches of similar length; much faster than one by one.</summary>
    /// <param name="pairs">The pairs; no text may be <see langword="null"/>.</param>
    /// <returns>A prediction for each pair, in the order of <paramref name="pairs"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pairs"/> or one of the texts is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="FineTuneException">FT6061: ONNX Runtime stopped; FT6066: the model was trained on single texts.</exception>
    public IReadOnlyList<Prediction> Predict(IEnumerable<(string Text, string SecondText)> pairs)
        => _model.Answer(pairs, (text, secondText, outputs) => new Prediction(text, Labels, outputs) { SecondText = secondText });

    /// <summary>Frees the model's memory. No prediction may be running.</summary>
    public void Dispose() => _model.Dispose();
}
