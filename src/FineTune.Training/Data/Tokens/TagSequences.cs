using FineTune.Core.Specification;

namespace FineTune.Training.Data.Tokens;

/// <summary>Brings sequences of tags of any scheme into BIO (IOB2).</summary>
internal static class TagSequences
{
    /// <summary>The scheme of tags: with <c>E</c> or <c>S</c> it is BIOES; when no entity behind a word outside begins with <c>B</c>, it is IOB1; else BIO.</summary>
    public static TagScheme Detect(IEnumerable<IReadOnlyList<WordTag>> sequences)
    {
        var (beginsWithB, beginsWithI) = (false, false);
        foreach (var tags in sequences)
        {
            var before = WordTag.Outside;
            foreach (var tag in tags)
            {
                if (tag.Prefix is 'E' or 'S')
                {
                    return TagScheme.Bioes;
                }

                // Where an entity of the same type ends right before, both schemes write B.
                if (!tag.IsOutside && tag.Type != before.Type)
                {
                    beginsWithB |= tag.Prefix == 'B';
                    beginsWithI |= tag.Prefix == 'I';
                }

                before = tag;
            }
        }

        return beginsWithI && !beginsWithB ? TagScheme.Iob1 : TagScheme.Bio;
    }

    /// <summary>
    /// The same entities in BIO. A word that does not go on with the entity before it begins one, whatever its prefix is: so reads conlleval, the program that
    /// the CoNLL tasks are scored with (Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 shared task: chunking", 2000).
    /// </summary>
    /// <param name="tags">The tags.</param>
    /// <param name="scheme">Their scheme; not <see cref="TagScheme.Auto"/>.</param>
    /// <param name="reportInvalid">Is told the index of each word where the scheme is broken.</param>
    public static WordTag[] ToBio(IReadOnlyList<WordTag> tags, TagScheme scheme, Action<int> reportInvalid)
    {
        var bio = new WordTag[tags.Count];
        // The type of an entity that the next word can go on with.
        string? open = null;
        for (var word = 0; word < tags.Count; word++)
        {
            var tag = tags[word];
            var goesOn = tag.Prefix is 'I' or 'E' && tag.Type == open;
            if (!IsValid(tag, open, goesOn, scheme))
            {
                reportInvalid(word);
            }

            bio[word] = tag.IsOutside ? tag : new WordTag(goesOn ? 'I' : 'B', tag.Type);
            open = tag.Prefix is 'B' or 'I' ? tag.Type : null;
        }

        if (scheme == TagScheme.Bioes && open is not null)
        {
            reportInvalid(tags.Count - 1);
        }

        return bio;
    }

    private static bool IsValid(WordTag tag, string? open, bool goesOn, TagScheme scheme) => scheme switch
    {
        TagScheme.Bioes => goesOn || (open is null && tag.Prefix is 'O' or 'B' or 'S'),
        TagScheme.Iob1 => tag.Prefix != 'B' || tag.Type == open,
        _ => goesOn || tag.Prefix is 'O' or 'B',
    };
}
