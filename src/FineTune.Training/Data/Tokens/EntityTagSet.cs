namespace FineTune.Training.Data.Tokens;

/// <summary>The tags of entity types and their indices: <c>O</c> is 0, and type t has <c>B</c> at 2t + 1 and <c>I</c> at 2t + 2.</summary>
internal static class EntityTagSet
{
    /// <summary>The tags of the types in their order: <c>O</c>, <c>B-x</c>, <c>I-x</c>, <c>B-y</c>, ….</summary>
    public static IReadOnlyList<string> TagsOf(IReadOnlyList<string> types) => ["O", .. types.SelectMany(type => new[] { $"B-{type}", $"I-{type}" })];

    /// <summary>The index of a BIO tag.</summary>
    public static int IndexOf(WordTag tag, IReadOnlyDictionary<string, int> types) => tag.IsOutside ? 0 : First(types[tag.Type]) + (tag.Prefix == 'B' ? 0 : 1);

    /// <summary>The index of the tag on the first word of an entity, or on the others.</summary>
    public static int IndexOf(int type, bool isFirst) => First(type) + (isFirst ? 0 : 1);

    /// <summary>The entities of a valid sequence: their first word, the word behind their last one, and their type.</summary>
    public static IEnumerable<(int Start, int End, int Type)> Entities(IReadOnlyList<int> tags)
    {
        for (var word = 0; word < tags.Count;)
        {
            var start = word++;
            if (tags[start] == 0)
            {
                continue;
            }

            while (word < tags.Count && tags[word] == tags[start] + 1)
            {
                word++;
            }

            yield return (start, word, (tags[start] - 1) / 2);
        }
    }

    private static int First(int type) => (2 * type) + 1;
}
