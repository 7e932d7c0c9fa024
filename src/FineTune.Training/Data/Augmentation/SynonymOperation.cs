using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>
/// Puts synonyms in the place of words or phrases, the longest phrase first. A word is looked up as it is written, then without the punctuation around it, which
/// stays; the replacement takes over capital letters. A phrase lies within one region, so a span is replaced by what is still this span.
/// </summary>
/// <param name="synonyms">What may stand for what.</param>
internal sealed class SynonymOperation(SynonymTable synonyms) : IWordOperation
{
    /// <inheritdoc />
    public IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random)
    {
        var replaced = new List<Word>();
        for (var index = 0; index < words.Count;)
        {
            var count = 1;
            if (random.NextDouble() < probability && Replace(words, index, random, out count) is { } text)
            {
                replaced.AddRange(SynonymTable.Split(text).Select((part, place) => new Word(place == 0 ? words[index].Space : " ", part, words[index].Region)));
            }
            else
            {
                replaced.Add(words[index]);
            }

            index += count;
        }

        return replaced;
    }

    private string? Replace(IReadOnlyList<Word> words, int start, RandomStream random, out int count)
    {
        var available = words.Skip(start).Take(synonyms.LongestPhrase).TakeWhile(word => word.Region == words[start].Region).Count();
        for (count = available; count > 0; count--)
        {
            var phrase = string.Join(' ', words.Skip(start).Take(count).Select(word => word.Text));
            var (before, core, after) = WithoutPunctuation(phrase);
            if (synonyms.Find(phrase) is { Count: > 0 } exact)
            {
                return WordCasing.Like(phrase, exact[random.NextInt(exact.Count)]);
            }

            if (synonyms.Find(core) is { Count: > 0 } found)
            {
                return before + WordCasing.Like(core, found[random.NextInt(found.Count)]) + after;
            }
        }

        count = 1;
        return null;
    }

    private static (string Before, string Core, string After) WithoutPunctuation(string phrase)
    {
        var elements = TextElements.Of(phrase);
        var first = elements.FindIndex(TextElements.IsLetterOrDigit);
        var end = elements.FindLastIndex(TextElements.IsLetterOrDigit) + 1;
        return first < 0
            ? (phrase, string.Empty, string.Empty)
            : (string.Concat(elements.Take(first)), string.Concat(elements[first..end]), string.Concat(elements.Skip(end)));
    }
}
