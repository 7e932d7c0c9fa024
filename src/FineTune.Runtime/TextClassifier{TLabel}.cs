using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime;

/// <summary>
/// A text classifier whose labels are an enum. The build generates the enum and a class that loads the model;
/// use this class directly for a model that is loaded from elsewhere.
/// </summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
/// <typeparam name="TLabel">The labels: the value of each is its index in the model, from 0 without gaps.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Each is called on a type whose labels are named: TextClassifier<Sentiment>.Load.")]
public sealed class TextClassifier<TLabel> : IDisposable
    where TLabel : struct, Enum
{
    private readonly TextClassifier _classifier;

    private TextClassifier(TextClassifier classifier)
    {
        try
        {
            LabelEnum<TLabel>.Check(classifier.Labels);
        }
        catch
        {
            classifier.Dispose();
            throw;
        }

        _classifier = classifier;
    }

    /// <inheritdoc cref="TextClassifier.Load(string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TextClassifier.Load(string)"/>.</exception>
    public static TextClassifier<TLabel> Load(string fileOrFolder) => new(TextClassifier.Load(fileOrFolder));

    /// <inheritdoc cref="TextClassifier.Load(Stream)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TextClassifier.Load(Stream)"/>.</exception>
    public static TextClassifier<TLabel> Load(Stream package) => new(TextClassifier.Load(package));

    /// <inheritdoc cref="TextClassifier.LoadResource(Assembly, string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TextClassifier.LoadResource(Assembly, string)"/>.</exception>
    public static TextClassifier<TLabel> LoadResource(Assembly assembly, string resourceName) => new(TextClassifier.LoadResource(assembly, resourceName));

    /// <inheritdoc cref="TextClassifier.Predict(string)"/>
    public Prediction<TLabel> Predict(string text) => new(_classifier.Predict(text));

    /// <inheritdoc cref="TextClassifier.Predict(IEnumerable{string})"/>
    public IReadOnlyList<Prediction<TLabel>> Predict(IEnumerable<string> texts)
        => [.. _classifier.Predict(texts).Select(prediction => new Prediction<TLabel>(prediction))];

    /// <inheritdoc cref="TextClassifier.Predict(string, string)"/>
    public Prediction<TLabel> Predict(string text, string secondText) => new(_classifier.Predict(text, secondText));

    /// <inheritdoc cref="TextClassifier.Predict(IEnumerable{ValueTuple{string, string}})"/>
    public IReadOnlyList<Prediction<TLabel>> Predict(IEnumerable<(string Text, string SecondText)> pairs)
        => [.. _classifier.Predict(pairs).Select(prediction => new Prediction<TLabel>(prediction))];

    /// <summary>Frees the model's memory.</summary>
    public void Dispose() => _classifier.Dispose();
}
