using FineTune.Core.Specification;

namespace FineTune.Training.Data.Augmentation;

/// <summary>The operations. A new one is a new <see cref="IWordOperation"/>, its name in <see cref="AugmentationOperation"/>, and a line here.</summary>
internal static class WordOperations
{
    /// <summary>The implementation of an operation.</summary>
    public static IWordOperation Create(AugmentationOperation operation, SynonymTable synonyms) => operation switch
    {
        AugmentationOperation.Synonym => new SynonymOperation(synonyms),
        AugmentationOperation.Swap => new SwapOperation(),
        AugmentationOperation.Delete => new DeleteOperation(),
        AugmentationOperation.Case => new CaseOperation(),
        AugmentationOperation.Typo => new TypoOperation(),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };
}
