namespace FineTune.Core.Specification;

/// <summary>One way of altering the words of a text; in the order in which several are applied.</summary>
public enum AugmentationOperation
{
    /// <summary>A word or phrase gives way to one of its synonyms.</summary>
    Synonym,

    /// <summary>A word changes places with the next one.</summary>
    Swap,

    /// <summary>A word is left out.</summary>
    Delete,

    /// <summary>A word is written in other case: lower, UPPER or Title.</summary>
    Case,

    /// <summary>A word has one typing mistake.</summary>
    Typo,
}
