namespace FineTune.Core.Specification;

/// <summary>How the tags of words in data files tell where entities begin and end.</summary>
public enum TagScheme
{
    /// <summary>The tags of the training data decide.</summary>
    Auto,

    /// <summary><c>B-</c> on the first word of every entity, <c>I-</c> on the others, <c>O</c> outside; also called IOB2.</summary>
    Bio,

    /// <summary><c>I-</c> on all words of an entity, <c>B-</c> only on the first word of one that follows another of its type; the scheme of CoNLL-2003's files.</summary>
    Iob1,

    /// <summary>Like <see cref="Bio"/>, with <c>E-</c> on the last word and <c>S-</c> on the only one; with <c>L-</c> and <c>U-</c> also called BILOU.</summary>
    Bioes,
}
