using FineTune.Core.Diagnostics;
using FineTune.Training.Data;
using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Training.Tests.Evaluation.Baselines;

public sealed class TfidfBaselineTests
{
    private static readonly string[] Filler = ["the", "parcel", "came", "on", "monday", "with", "a", "letter", "and", "paper"];

    [Fact]
    public void Labels_that_follow_from_words_are_learned()
    {
        var train = Topics(rows: 300, labels: 5, seed: 1);
        var test = Topics(rows: 200, labels: 5, seed: 2);

        var metrics = BaselineComparison.MeasureAll(train, test, labelCount: 5, TestContext.Current.CancellationToken);

        Assert.InRange(metrics["tfidf"]["accuracy"], 0.95, 1);
        Assert.InRange(metrics["majority"]["accuracy"], 0, 0.3);
    }

    [Fact]
    public void Labels_that_follow_from_the_order_of_two_words_are_learned()
    {
        LabelledText[] train = [.. Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? Row($"not good {row}", 0) : Row($"good not {row}", 1))];

        Assert.Equal([0, 1], Answer(train, ["not good", "good not"], 2));
    }

    [Fact]
    public void Words_that_were_never_seen_are_known_by_their_parts()
    {
        LabelledText[] train = [Row("refund please", 0), Row("refunded today", 0), Row("delivery please", 1), Row("delivered today", 1)];

        Assert.Equal([0, 1], Answer(train, ["refunding", "redelivering"], 2));
    }

    [Fact]
    public void Two_runs_give_the_same_answers()
    {
        var train = Topics(rows: 3000, labels: 20, seed: 1, noise: 0.5);
        string[] texts = [.. Topics(rows: 500, labels: 20, seed: 2, noise: 0.5).Select(row => row.Text)];

        Assert.Equal(Answer(train, texts, 20), Answer(train, texts, 20));
    }

    [Fact]
    public void Runs_beside_each_other_give_the_same_answers()
    {
        var train = Topics(rows: 2000, labels: 20, seed: 1, noise: 0.5);
        string[] texts = [.. Topics(rows: 500, labels: 20, seed: 2, noise: 0.5).Select(row => row.Text)];
        var alone = Answer(train, texts, 20);

        var beside = new IReadOnlyList<int>[4];
        Parallel.For(0, beside.Length, run => beside[run] = Answer(train, texts, 20));

        Assert.All(beside, answers => Assert.Equal(alone, answers));
    }

    [Fact]
    public void Emoji_and_punctuation_are_words()
    {
        LabelledText[] train = [.. Enumerable.Range(0, 10).SelectMany(_ => new[] { Row("🙂 !", 0), Row("😡 ?", 1) })];

        Assert.Equal([0, 1, 0, 1], Answer(train, ["🙂", "😡", "!!", "??"], 2));
    }

    [Fact]
    public void Scripts_without_spaces_are_read_by_character()
    {
        LabelledText[] train = [.. Enumerable.Range(0, 10).SelectMany(_ => new[] { Row("这个产品很好", 0), Row("这个产品很坏", 1) })];

        Assert.Equal([0, 1], Answer(train, ["非常好", "非常坏"], 2));
    }

    [Fact]
    public void Texts_that_say_nothing_get_the_most_frequent_label()
    {
        LabelledText[] train = [Row("...", 0), Row("...", 1), Row("...", 1)];

        Assert.Equal([1, 1], Answer(train, ["...", "!"], 2));
    }

    [Theory]
    [InlineData("\u0000")]
    [InlineData("\uD83D")]
    [InlineData("\u200B")]
    [InlineData("\u0301")]
    public void Texts_without_any_letter_get_the_most_frequent_label(string text)
        => Assert.Equal([1, 1], Answer([Row(text, 1), Row(text, 0), Row(text, 1)], [text, ""], 2));

    [Fact]
    public void Many_rows_of_which_no_two_share_a_word_get_the_most_frequent_label()
    {
        LabelledText[] train = [.. Enumerable.Range(0, 1200).Select(row => Row($"{(char)(0x4E00 + row)}", row % 3 == 0 ? 0 : 1))];

        Assert.Equal([1, 1], Answer(train, [train[0].Text, "other"], 2));
    }

    [Fact]
    public void Texts_of_unknown_words_get_an_answer()
        => Assert.All(Answer(Topics(rows: 100, labels: 3, seed: 1), ["xyzzy", "???", ""], 3), answer => Assert.InRange(answer, 0, 2));

    [Fact]
    public void One_row_for_each_label_is_enough()
    {
        LabelledText[] train = [Row("red apples", 0), Row("blue whales", 1), Row("green hills", 2)];

        Assert.Equal([0, 1, 2], Answer(train, ["apples that are red", "whales", "hills"], 3));
    }

    [Fact]
    public void Labels_without_rows_are_no_obstacle_and_no_answer()
    {
        var train = Topics(rows: 90, labels: 3, seed: 1).Select(row => row with { Label = (2 * row.Label) + 1 }).ToArray();

        var answers = Answer(train, [.. train.Select(row => row.Text)], labelCount: 9);

        Assert.Equal(train.Select(row => row.Label), answers);
    }

    [Fact]
    public void Rows_of_a_single_label_are_no_obstacle()
        => Assert.Equal([1, 1], Answer([Row("good day", 1), Row("bad day", 1)], ["good", "evening"], 3));

    [Fact]
    public void A_single_row_is_no_obstacle() => Assert.Equal([2], Answer([Row("good day", 2)], ["good"], 3));

    [Fact]
    public void A_hundred_and_fifty_one_labels_are_told_apart()
    {
        var train = Topics(rows: 151 * 8, labels: 151, seed: 1);
        var test = Topics(rows: 151 * 2, labels: 151, seed: 2);

        var answers = Answer(train, [.. test.Select(row => row.Text)], 151);

        Assert.InRange(answers.Zip(test).Count(pair => pair.First == pair.Second.Label) / (double)test.Length, 0.9, 1);
    }

    [Fact]
    public void Of_more_words_than_fit_the_most_frequent_are_kept_whatever_the_order_of_the_rows()
    {
        const int Labels = 10;
        LabelledText[] sorted = [.. Topics(rows: 2000, Labels, seed: 1).OrderBy(row => row.Label).Select((row, index) => row with { Text = $"{row.Text} row{index}" })];
        var test = Topics(rows: 200, Labels, seed: 2);

        var answers = new TfidfBaseline(mostWeights: 3 * Labels * 300).Answer(sorted, [.. test.Select(row => row.Text)], Labels, TestContext.Current.CancellationToken);

        Assert.InRange(answers.Zip(test).Count(pair => pair.First == pair.Second.Label) / (double)test.Length, 0.95, 1);
    }

    private static IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount)
        => new TfidfBaseline().Answer(train, texts, labelCount, TestContext.Current.CancellationToken);

    /// <summary>Texts of eight words, two of which tell the label; with noise, that share of the labels is drawn at random.</summary>
    private static LabelledText[] Topics(int rows, int labels, ulong seed, double noise = 0)
    {
        var random = new SplitMix64(seed);
        var texts = new LabelledText[rows];
        for (var row = 0; row < rows; row++)
        {
            var topic = row % labels;
            string[] words = [.. Enumerable.Range(0, 6).Select(_ => Filler[random.Next(Filler.Length)]), $"topic{topic}x{random.Next(3)}", $"topic{topic}y{random.Next(3)}"];
            random.Shuffle<string>(words);
            texts[row] = Row(string.Join(' ', words), random.Next(1000) < noise * 1000 ? random.Next(labels) : topic);
        }

        return texts;
    }

    private static LabelledText Row(string text, int label) => new(text, label, new SourceLocation("rows.csv"));
}
