using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime;

/// <summary>
/// A token classifier whose types of entities are an enum. The build generates the enum and a class that loads the model;
/// use this class directly for a model that is loaded from elsewhere.
/// </summary>
/// <remarks>May be used by several threads at once, except for <see cref="Dispose"/>.</remarks>
/// <typeparam name="TLabel">The types: the value of each is its index in the model, from 0 without gaps.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Each is called on a type whose labels are named: TokenClassifier<EntityType>.Load.")]
public sealed class TokenClassifier<TLabel> : IDisposable
    where TLabel : struct, Enum
{
    private readonly TokenClassifier _classifier;

    private TokenClassifier(TokenClassifier classifier)
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

    /// <inheritdoc cref="TokenClassifier.Load(string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TokenClassifier.Load(string)"/>.</exception>
    public static TokenClassifier<TLabel> Load(string fileOrFolder) => new(TokenClassifier.Load(fileOrFolder));

    /// <inheritdoc cref="TokenClassifier.Load(Stream)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TokenClassifier.Load(Stream)"/>.</exception>
    public static TokenClassifier<TLabel> Load(Stream package) => new(TokenClassifier.Load(package));

    /// <inheritdoc cref="TokenClassifier.LoadResource(Assembly, string)"/>
    /// <exception cref="FineTuneException">FT6058: the model's labels are not those of <typeparamref name="TLabel"/>; others as for <see cref="TokenClassifier.LoadResource(Assembly, string)"/>.</exception>
    public static TokenClassifier<TLabel> LoadResource(Assembly assembly, string resourceName) => new(TokenClassifier.LoadResource(assembly, resourceName));

    /// <inheritdoc cref="TokenClassifier.Predict(string)"/>
    public TokenPrediction<TLabel> Predict(string text) => new(_classifier.Predict(text));

    /// <inheritdoc cref="TokenClassifier.Predict(IEnumerable{string})"/>
    public IReadOnlyList<TokenPrediction<TLabel>> Predict(IEnumerable<string> texts)
        => [.. _classifier.Predict(texts).Select(prediction => new TokenPrediction<TLabel>(prediction))];

    /// <summary>Frees the model's memory.</summary>
    public void Dispose() => _classifier.Dispose();
}
