namespace FineTune.Runtime.Entities;

/// <summary>
/// The tags of words in the BIO scheme (IOB2), <c>O</c>, <c>B-type</c> and <c>I-type</c>, and how a sequence of them divides into entities, in two ways:
/// leniently as the CoNLL tasks' program conlleval does, and strictly.
/// </summary>
internal sealed class EntityTags
{
    private readonly (char Prefix, int Type)[] tags;

    /// <summary>Reads the tags.</summary>
    /// <param name="tags">The tags in the order of their indices; one is <c>O</c>.</param>
    /// <exception cref="ArgumentException">A tag has another form, or there is no <c>O</c>.</exception>
    public EntityTags(IReadOnlyList<string> tags)
    {
        var types = new List<string>();
        this.tags = [.. tags.Select(Read)];
        Types = types;
        Outside = Array.FindIndex(this.tags, tag => tag.Prefix == 'O');
        if (Outside < 0)
        {
            throw new ArgumentException("There is no tag 'O'.", nameof(tags));
        }

        (char, int) Read(string tag)
        {
            if (tag == "O")
            {
                return ('O', -1);
            }

            if (tag.Length < 3 || tag[0] is not ('B' or 'I') || tag[1] != '-')
            {
                throw new ArgumentException($"'{tag}' is not a tag of the BIO scheme.", nameof(tags));
            }

            var type = types.IndexOf(tag.Substring(2));
            if (type < 0)
            {
                type = types.Count;
                types.Add(tag.Substring(2));
            }

            return (tag[0], type);
        }
    }

    /// <summary>The types of entities in the order in which the tags have them.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>The index of <c>O</c>.</summary>
    public int Outside { get; }

    /// <summary>
    /// The entities as conlleval finds them: one begins at each <c>B-</c>, and at an <c>I-</c> that does not go on with an entity of its type.
    /// Source: Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 shared task: chunking" (2000), and their program conlleval.
    /// </summary>
    public IEnumerable<Entity> Find(IReadOnlyList<int> sequence) => Find(sequence, isStrict: false);

    /// <summary>The entities of which the first word has <c>B-</c>; an <c>I-</c> that does not go on with one is outside. So does seqeval with <c>mode="strict", scheme=IOB2</c>.</summary>
    public IEnumerable<Entity> FindStrictly(IReadOnlyList<int> sequence) => Find(sequence, isStrict: true);

    private IEnumerable<Entity> Find(IReadOnlyList<int> sequence, bool isStrict)
    {
        var (start, type) = (-1, -1);
        for (var word = 0; word < sequence.Count; word++)
        {
            var tag = tags[sequence[word]];
            if (tag.Prefix == 'I' && tag.Type == type)
            {
                continue;
            }

            if (start >= 0)
            {
                yield return new Entity(start, word, type);
            }

            var begins = tag.Prefix == 'B' || (tag.Prefix == 'I' && !isStrict);
            (start, type) = begins ? (word, tag.Type) : (-1, -1);
        }

        if (start >= 0)
        {
            yield return new Entity(start, sequence.Count, type);
        }
    }
}
