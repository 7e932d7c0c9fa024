using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>
/// Puts one typing mistake into a word: a key next to the right one, two letters in the wrong order, a letter too few, or a letter twice. Which of those
/// that are possible in the word, and where, is equally likely. Only letters are touched, so numbers stay what they are.
/// </summary>
internal sealed class TypoOperation : IWordOperation
{
    /// <inheritdoc />
    public IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random)
        => [.. words.Select(word => random.NextDouble() < probability ? word with { Text = WithMistake(word.Text, random) } : word)];

    private static string WithMistake(string word, RandomStream random)
    {
        var elements = TextElements.Of(word);
        int[] letters = [.. Enumerable.Range(0, elements.Count).Where(index => TextElements.IsLetter(elements[index]))];
        (int[] Places, Func<int, string> Make)[] mistakes =
        [
            ([.. letters.Where(index => Keyboard.NeighboursOf(elements[index]).Length > 0)], place => Replace(place, 1, Neighbour(elements[place]))),
            ([.. letters.Where(index => index + 1 < elements.Count && TextElements.IsLetter(elements[index + 1]) && elements[index] != elements[index + 1])], place => Replace(place, 2, elements[place + 1] + elements[place])),
            (letters.Length > 1 ? letters : [], place => Replace(place, 1, string.Empty)),
            (letters, place => Replace(place, 1, elements[place] + elements[place])),
        ];
        (int[] Places, Func<int, string> Make)[] possible = [.. mistakes.Where(mistake => mistake.Places.Length > 0)];
        if (possible.Length == 0)
        {
            return word;
        }

        var (places, make) = possible[random.NextInt(possible.Length)];
        return make(places[random.NextInt(places.Length)]);

        string Neighbour(string element)
        {
            var neighbours = Keyboard.NeighboursOf(element);
            return neighbours[random.NextInt(neighbours.Length)].ToString();
        }

        string Replace(int place, int count, string replacement) => string.Concat([.. elements.Take(place), replacement, .. elements.Skip(place + count)]);
    }
}
