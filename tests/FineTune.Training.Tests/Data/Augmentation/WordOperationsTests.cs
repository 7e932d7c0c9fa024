using FineTune.Core.Specification;
using FineTune.Training.Data.Augmentation;
using FineTune.Training.Models;

namespace FineTune.Training.Tests.Data.Augmentation;

public class WordOperationsTests
{
    // Below 1, yet every draw is below it.
    private const double Always = 1 - 1e-15;

    private static readonly SynonymTable Synonyms = new(new Dictionary<string, IReadOnlyList<string>>
    {
        ["late"] = ["overdue"],
        ["customer service"] = ["support"],
        ["service"] = ["help desk"],
        ["c++"] = ["Rust"],
        ["c"] = ["Zig"],
    });

    [Theory]
    [InlineData("a b c d", "b a d c")]
    [InlineData("a b c", "b a c")]
    [InlineData(" a\tb \n", " b\ta \n")]
    [InlineData("alone", "alone")]
    [InlineData("one [San Marino] two three", "one [Marino San] three two")]
    [InlineData("[a] [b]", "[a] [b]")]
    [InlineData("go ([Berlin]), is nice", "go ([Berlin]), nice is")]
    [InlineData("([San Marino]) now", "([San Marino]) now")]
    [InlineData("[[San Marino] Times]", "[[Marino San] Times]")]
    public void Swap_lets_neighbours_change_places_within_their_span(string text, string expected) => Assert.Equal(expected, Apply(AugmentationOperation.Swap, text));

    [Theory]
    [InlineData("a b c", "c")]
    [InlineData(" a  b\tc \n", " c \n")]
    [InlineData("one [San Marino] two three", "one [Marino] three")]
    [InlineData("[Berlin], is nice", "[Berlin],")]
    [InlineData("([San Marino]) now", "([San Marino])")]
    [InlineData("[Berlin]-[Hamburg]", "[Berlin]-[Hamburg]")]
    [InlineData("[[San Marino] Times]", "[[Marino] Times]")]
    [InlineData("go (now [Berlin]", "(now [Berlin]")]
    public void Delete_leaves_one_word_in_the_text_and_in_each_span(string text, string expected) => Assert.Equal(expected, Apply(AugmentationOperation.Delete, text));

    [Fact]
    public void Delete_keeps_the_white_space_between_the_words_that_stay()
    {
        var words = SpannedText.Read("a  b\tc\nd ");
        var found = new HashSet<string>();
        for (var seed = 0; seed < 200; seed++)
        {
            found.Add(Apply(AugmentationOperation.Delete, words, 0.5, seed).Text);
        }

        Assert.Equivalent(
            new[] { "a ", "b ", "c ", "d ", "a  b ", "a  c ", "a  d ", "b\tc ", "b\td ", "c\nd ", "a  b\tc ", "a  b\td ", "a  c\nd ", "b\tc\nd ", "a  b\tc\nd " },
            found,
            strict: true);
    }

    [Theory]
    [InlineData("late", "LATE|Late")]
    [InlineData("LATE", "Late|late")]
    [InlineData("\"late,", "\"LATE,|\"Late,")]
    [InlineData("iPhone", "IPHONE|Iphone|iphone")]
    [InlineData("𐐨𐐩", "𐐀𐐁|𐐀𐐩")]
    [InlineData("42 😀 東京", "42 😀 東京")]
    public void Case_writes_a_word_in_each_other_way(string text, string expected) => Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), All(AugmentationOperation.Case, text));

    [Theory]
    [InlineData("ab", "a|aab|abb|ag|ah|an|av|b|ba|qb|sb|wb|zb")]
    [InlineData("A", "AA|Q|S|W|Z")]
    [InlineData("😀a\u0301!", "😀a\u0301a\u0301!")]
    [InlineData("a\u0301é", "a\u0301|a\u0301a\u0301é|a\u0301éé|é|éa\u0301")]
    [InlineData("42,- 😀", "42,- 😀")]
    public void Typo_makes_one_mistake_of_each_kind_with_whole_letters(string text, string expected) => Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), All(AugmentationOperation.Typo, text));

    [Theory]
    [InlineData("It is late.", "It is overdue.")]
    [InlineData("(LATE) Late", "(OVERDUE) Overdue")]
    [InlineData("The customer\tservice is late", "The support is overdue")]
    [InlineData("Customer  Service!", "Support!")]
    [InlineData("customer, service", "customer, help desk")]
    [InlineData("C++ and C.", "Rust and Zig.")]
    [InlineData("[customer] service [customer service]", "[customer] help desk [support]")]
    [InlineData("[service late] late", "[help desk overdue] overdue")]
    [InlineData("lateness", "lateness")]
    public void Synonym_replaces_the_longest_phrase_and_keeps_punctuation_and_capitals(string text, string expected) => Assert.Equal(expected, Apply(AugmentationOperation.Synonym, text));

    [Theory]
    [InlineData(AugmentationOperation.Swap)]
    [InlineData(AugmentationOperation.Delete)]
    [InlineData(AugmentationOperation.Case)]
    [InlineData(AugmentationOperation.Typo)]
    [InlineData(AugmentationOperation.Synonym)]
    public void The_probability_is_that_of_each_word(AugmentationOperation operation)
    {
        const int count = 20000;
        Word[] words = [.. Enumerable.Repeat(new Word(" ", "late", 0), count).Select((word, index) => word with { Text = index % 2 == 0 ? "late" : "service" })];

        var altered = WordOperations.Create(operation, Synonyms).Apply(words, 0.1, new RandomStream(1, "test"));

        var changes = operation switch
        {
            AugmentationOperation.Delete => count - altered.Count,
            AugmentationOperation.Synonym => altered.Count(word => word.Text is "overdue" or "help"),
            // A swap takes two words, and the second one is not asked again.
            AugmentationOperation.Swap => altered.Zip(words).Count(pair => pair.First.Text != pair.Second.Text) / 2 * 1.1,
            _ => altered.Zip(words).Count(pair => pair.First.Text != pair.Second.Text),
        };
        Assert.InRange(changes / count, 0.09, 0.11);
    }

    [Fact]
    public void Neighbours_on_the_keyboard_are_mutual()
    {
        for (var letter = 'a'; letter <= 'z'; letter++)
        {
            Assert.All(Keyboard.NeighboursOf(letter.ToString()), neighbour => Assert.Contains(letter, Keyboard.NeighboursOf(neighbour.ToString())));
        }
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(2, 2)]
    [InlineData(0, 9)]
    [InlineData(-1, 2)]
    [InlineData(0, 4)]
    [InlineData(3, 6)]
    public void A_span_that_cuts_a_character_or_has_no_word_is_refused(int start, int end)
        => Assert.Throws<ArgumentException>(() => WordSequence.Of(new AugmentedText("ab \U0001F600a\u0301", [new TextSpan(start, end, "x")])));

    private static string Apply(AugmentationOperation operation, string text) => SpannedText.Write(Apply(operation, SpannedText.Read(text), Always, 1));

    private static AugmentedText Apply(AugmentationOperation operation, AugmentedText text, double probability, int seed)
    {
        var words = WordSequence.Of(text);
        return (words with { Words = WordOperations.Create(operation, Synonyms).Apply(words.Words, probability, new RandomStream(seed, "test")) }).ToText();
    }

    /// <summary>Everything that may come out, in ordinal order.</summary>
    private static IEnumerable<string> All(AugmentationOperation operation, string text)
        => Enumerable.Range(0, 1000).Select(seed => Apply(operation, SpannedText.Read(text), Always, seed).Text).Distinct().Order(StringComparer.Ordinal);
}
