using System.Globalization;
using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Data.Augmentation;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Data.Augmentation;

public class AugmenterTests
{
    private const string Everything = "synonym:0.3,swap:0.3,delete:0.3,case:0.3,typo:0.3";

    private static readonly SynonymTable Synonyms = new(new Dictionary<string, IReadOnlyList<string>>
    {
        ["late"] = ["delayed", "overdue", "behind schedule"],
        ["the parcel"] = ["the package"],
        ["a"] = ["an"],
    });

    // A change here gives users with Augment other weights for the same plan. When that is meant, raise RecipeVersion; else find what changed the texts.
    [Theory]
    [InlineData("swap:0.1,delete:0.1,typo:0.05", "The parcel arrived two days late, and nobody answers the phone.", "The parcel arrived days and late, nobody answers phone. the | The parce arrived two days late, nobody answers the | The parcel arrived days and late, answers nobody the phone.")]
    [InlineData("swap:0.5", "The parcel arrived two days late, and nobody answers the phone.", "The parcel two arrived days late, nobody and the answers phone. | parcel The arrived days two late, and nobody the answers phone. | The arrived parcel days two and late, answers nobody phone. the")]
    [InlineData("delete:0.5", "The parcel arrived two days late, and nobody answers the phone.", "The parcel two days nobody the phone. | parcel two days late, nobody the | The nobody answers the")]
    [InlineData("typo:0.5", "The parcel arrived two days late, and nobody answers the phone.", "The parcel arriveed tow dayys lste, adn nobody answers th phone. | Te parcel arrived two ays late, an nobody answers the phonee. | The oarcel arrivsd two dahs lte, nad nboody answets the phoe.")]
    [InlineData("case:0.5", "The parcel arrived two days late, and nobody answers the phone.", "The parcel Arrived two DAYS late, And nobody ANSWERS The PHONE. | THE Parcel arrived two Days Late, And nobody answers the phone. | The PARCEL ARRIVED TWO days late, and NOBODY answers the Phone.")]
    [InlineData("synonym:0.5", "The parcel arrived two days late, and nobody answers the phone.", "The parcel arrived two days overdue, and nobody answers the phone. | The package arrived two days late, and nobody answers the phone. | The parcel arrived two days delayed, and nobody answers the phone.")]
    [InlineData(Everything, "I fly to [San Marino] on [Monday evening], [[Delta] Airlines].", "i [Marino San] ON [Monday evening], [[Delta] Airlines]. | i FLY [San Mzrino] On [Monday evening], [[Delta] Airliness]. | I fly to [Marino] On [Moday Evening], [[DELTA] airlines].")]
    [InlineData("case:0.5,typo:0.5", "Größe \U0001D4D0 naïve cafe\u0301 \U0001F44D\U0001F3FD \U0001F1E9\U0001F1EA Straße İstanbul ǆ", "Größe \U0001D4D0 NAÏVE cafe\u0301 \U0001F44D\U0001F3FD \U0001F1E9\U0001F1EA etraße İSTANBUUL ǄǄ | Größe \U0001D4D0\U0001D4D0 NAÏVE vafe\u0301 \U0001F44D\U0001F3FD \U0001F1E9\U0001F1EA Straße İstannbul ǄǄ | röße \U0001D4D0\U0001D4D0 naïvve cafe\u0301 \U0001F44D\U0001F3FD \U0001F1E9\U0001F1EA staße İstanbul ǆǆ")]
    public void Copies_stay_the_same_on_every_machine_and_from_release_to_release(string augment, string text, string expected)
        => Assert.Equal(expected, string.Join(" | ", Enumerable.Range(1, 3).Select(copy => SpannedText.Write(Of(augment).Copy(SpannedText.Read(text), copy)!))));

    [Fact]
    public void Copies_follow_the_rows_with_their_labels_and_origins()
    {
        LabelledText[] rows = [.. Enumerable.Range(0, 50).Select(row => new LabelledText($"the parcel number {row} was late", row % 3, new SourceLocation("train.csv", row + 2, 1)))];

        LabelledText[] copies = [.. Of("swap:0.2,typo:0.2", copies: 3).CopiesOf(rows)];

        Assert.Equal(150, copies.Length);
        Assert.Equal([.. rows, .. rows, .. rows], copies.Zip([.. rows, .. rows, .. rows], (copy, row) => copy with { Text = row.Text }));
        Assert.DoesNotContain(copies, copy => rows.Any(row => row.Text == copy.Text));
        Assert.True(copies.Select(copy => copy.Text).Distinct().Count() > 140);
    }

    [Fact]
    public void Without_operations_there_are_no_copies() => Assert.Empty(Of(null).CopiesOf([new LabelledText("a b c", 0, new SourceLocation("train.csv", 2))]));

    [Fact]
    public void A_text_that_nothing_can_alter_has_no_copy()
    {
        Assert.Null(Of("swap:0.5,delete:0.5").Copy(new AugmentedText("alone", []), 1));
        Assert.Null(Of("typo:0.9,case:0.9").Copy(new AugmentedText("42 \U0001F600", []), 1));
        Assert.Null(Of("synonym:0.9").Copy(new AugmentedText("nothing known", []), 1));
    }

    [Fact]
    public void What_is_unlikely_is_tried_again() =>
        Assert.InRange(Enumerable.Range(1, 1000).Count(copy => Of("typo:0.05").Copy(new AugmentedText("two words", []), copy) is not null), 580, 700);

    [Fact]
    public void A_copy_depends_on_its_own_text_the_seed_and_its_number_only()
    {
        LabelledText[] rows = [.. Enumerable.Range(0, 20).Select(row => new LabelledText($"the parcel number {row} was late again", 0, new SourceLocation("train.csv", row + 2)))];
        var augmenter = Of("swap:0.2,delete:0.2");

        Assert.Equal(augmenter.CopiesOf(rows).Skip(7), augmenter.CopiesOf(rows[7..]));
        Assert.Equal(augmenter.CopiesOf(rows), Of("delete:0.2,swap:0.2").CopiesOf(rows));
        Assert.NotEqual(augmenter.CopiesOf(rows), Of("swap:0.2,delete:0.2", seed: 43).CopiesOf(rows));
        Assert.NotEqual(augmenter.Copy(SpannedText.Read(rows[0].Text), 1)!.Text, augmenter.Copy(SpannedText.Read(rows[0].Text), 2)!.Text);
    }

    [Property(MaxTest = 300)]
    public Property Any_copy_is_another_valid_text_with_words() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var original = SpannedText.Read(text);

        var copy = Of(Everything).Copy(original, 1);

        Assert.Equivalent(copy, Of(Everything).Copy(SpannedText.Read(text), 1));
        if (copy is not null)
        {
            Assert.NotEqual(original.Text, copy.Text);
            Assert.False(string.IsNullOrWhiteSpace(copy.Text));
            Assert.True(IsValidUtf16(copy.Text), copy.Text);
            AssertSpansAreSound(original, copy);
        }
    });

    [Property(MaxTest = 300)]
    public Property The_words_of_a_span_come_from_the_same_span() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var original = SpannedText.Read(text);
        if (Of("swap:0.4,delete:0.4,case:0.4").Copy(original, 1) is not { } copy)
        {
            return;
        }

        AssertSpansAreSound(original, copy);
        foreach (var (before, after) in original.Spans.Zip(copy.Spans))
        {
            Assert.Empty(WordsOf(copy, after).Except(WordsOf(original, before), StringComparer.OrdinalIgnoreCase));
        }
    });

    [Property(MaxTest = 300)]
    public Property Swaps_and_deletions_keep_whole_characters() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var original = SpannedText.Read(text);
        if (Of("swap:0.4,delete:0.4").Copy(original, 1) is { } copy)
        {
            var known = Elements(original.Text).ToHashSet(StringComparer.Ordinal);
            Assert.All(Elements(copy.Text), element => Assert.Contains(element, known));
        }
    });

    [Property(MaxTest = 500)]
    public void Any_row_is_left_as_it_is(NonNull<string>[] texts)
    {
        LabelledText[] rows = [.. (texts ?? []).Select((text, row) => new LabelledText(text.Get, row, new SourceLocation("train.csv", row + 2)))];
        LabelledText[] before = [.. rows];

        LabelledText[] copies = [.. Of(Everything, copies: 2).CopiesOf(rows)];

        Assert.Equal(before, rows);
        Assert.All(copies, copy => Assert.Equal(rows[copy.Label].Origin, copy.Origin));
        Assert.All(copies, copy => Assert.False(string.IsNullOrWhiteSpace(copy.Text)));
        Assert.All(copies, copy => Assert.NotEqual(rows[copy.Label].Text, copy.Text));
    }

    private static Augmenter Of(string? augment, int copies = 1, int seed = 42)
        => Augmenter.Of(new TrainingPlan { Name = "Test", Augment = augment, AugmentCopies = copies, Seed = seed }, Synonyms);

    /// <summary>Words of several scripts, some in spans, some with punctuation or spans written together with them.</summary>
    private static Gen<string> Texts()
    {
        var word = Gen.Elements("late", "the", "parcel", "A", "IBM", "42", "naïve", "cafe\u0301", "Größe", "\U0001F469\u200D\U0001F4BB", "\U0001F1E9\U0001F1EA", "\U0001D4D0\U0001D4EA", "東京", "ก็", "don't", "(so", "end.", "—");
        var space = Gen.Elements(" ", " ", " ", "  ", "\t", "\r\n", "\u00A0", "\u3000");
        var words = from pairs in word.Zip(space).NonEmptyListOf()
                    select string.Concat(pairs.Select(pair => pair.Item1 + pair.Item2)).TrimEnd();
        var span = words.Select(inside => $"[{inside}]");
        var nested = from first in span from gap in space from second in words select $"[{first}{gap}{second}]";
        var part = from inside in Gen.OneOf(words, span, nested)
                   from gap in Gen.OneOf(space, Gen.Elements(", ", " (", "-"))
                   select inside + gap;
        return part.NonEmptyListOf().Select(parts => string.Concat(parts));
    }

    private static void AssertSpansAreSound(AugmentedText original, AugmentedText copy)
    {
        Assert.Equal(original.Spans.Select(span => span.Label), copy.Spans.Select(span => span.Label));
        foreach (var (before, after) in original.Spans.Zip(copy.Spans))
        {
            Assert.NotEmpty(WordsOf(copy, after));
            Assert.Equal(TextOf(copy, after).Trim(), TextOf(copy, after));
            foreach (var (otherBefore, otherAfter) in original.Spans.Zip(copy.Spans))
            {
                Assert.Equal(before.End <= otherBefore.Start, after.End <= otherAfter.Start);
                Assert.True(before.Start > otherBefore.Start || before.End < otherBefore.End || (after.Start <= otherAfter.Start && after.End >= otherAfter.End));
            }
        }
    }

    private static string TextOf(AugmentedText text, TextSpan span) => text.Text[span.Start..span.End];

    private static string[] WordsOf(AugmentedText text, TextSpan span) => TextOf(text, span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Elements(string text)
    {
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
        {
            yield return elements.GetTextElement();
        }
    }

    private static bool IsValidUtf16(string text)
    {
        try
        {
            new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
