using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime;

/// <summary>
/// A multi-label classifier whose labels are an enum. The build generates the enum and a class that loads the model;
/// use this class directly for a model that is loaded from elsewhere.
/// </summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
/// <typeparam name="TLabel">The labels: the value of each is its index in the model, from 0 without gaps.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Each is called on a type whose labels are named: MultiLabelClassifier<Topic>.Load.")]
public sealed class MultiLabelClassifier<TLabel> : IDisposable
    where TLabel : struct, Enum
{
    private readonly MultiLabelClassifier _classifier;

    private MultiLabelClassifier(MultiLabelClassifier classifier)
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

    /// <inheritdoc cref="MultiLabelClassifier.Load(string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="MultiLabelClassifier.Load(string)"/>.</exception>
    public static MultiLabelClassifier<TLabel> Load(string fileOrFolder) => new(MultiLabelClassifier.Load(fileOrFolder));

    /// <inheritdoc cref="MultiLabelClassifier.Load(Stream)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="MultiLabelClassifier.Load(Stream)"/>.</exception>
    public static MultiLabelClassifier<TLabel> Load(Stream package) => new(MultiLabelClassifier.Load(package));

    /// <inheritdoc cref="MultiLabelClassifier.LoadResource(Assembly, string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="MultiLabelClassifier.LoadResource(Assembly, string)"/>.</exception>
    public static MultiLabelClassifier<TLabel> LoadResource(Assembly assembly, string resourceName) => new(MultiLabelClassifier.LoadResource(assembly, resourceName));

    /// <inheritdoc cref="MultiLabelClassifier.Predict(string)"/>
    public MultiLabelPrediction<TLabel> Predict(string text) => new(_classifier.Predict(text));

    /// <inheritdoc cref="MultiLabelClassifier.Predict(IEnumerable{string})"/>
    public IReadOnlyList<MultiLabelPrediction<TLabel>> Predict(IEnumerable<string> texts)
        => [.. _classifier.Predict(texts).Select(prediction => new MultiLabelPrediction<TLabel>(prediction))];

    /// <inheritdoc cref="MultiLabelClassifier.Predict(string, string)"/>
    public MultiLabelPrediction<TLabel> Predict(string text, string secondText) => new(_classifier.Predict(text, secondText));

    /// <inheritdoc cref="MultiLabelClassifier.Predict(IEnumerable{ValueTuple{string, string}})"/>
    public IReadOnlyList<MultiLabelPrediction<TLabel>> Predict(IEnumerable<(string Text, string SecondText)> pairs)
        => [.. _classifier.Predict(pairs).Select(prediction => new MultiLabelPrediction<TLabel>(prediction))];

    /// <summary>Frees the model's memory.</summary>
    public void Dispose() => _classifier.Dispose();
}
