using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>One way of altering words. The same words and random numbers always give the same words again.</summary>
internal interface IWordOperation
{
    /// <summary>Alters some of the words; those of a region stay in it and are never all left out.</summary>
    /// <param name="words">The words of a text.</param>
    /// <param name="probability">How likely each word is to be altered.</param>
    /// <param name="random">Chooses.</param>
    IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random);
}
