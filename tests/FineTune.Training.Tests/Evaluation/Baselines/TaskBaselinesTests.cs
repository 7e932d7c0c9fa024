using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Training.Tests.Evaluation.Baselines;

public sealed class TaskBaselinesTests
{
    private static readonly string[] Labels = ["food", "staff", "price"];
    private static readonly string[] Tags = ["O", "B-LOC", "I-LOC"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_most_frequent_labels_are_as_many_as_rows_have_on_average()
    {
        Assert.Equal([1, 0], MultiLabelBaselines.MostFrequent([("", [0, 1]), ("", [1]), ("", [1, 0, 2])], labelCount: 3));
        Assert.Equal([2], MultiLabelBaselines.MostFrequent([("", []), ("", [2]), ("", [])], labelCount: 3));
        Assert.Equal([0], MultiLabelBaselines.MostFrequent([("", [1]), ("", [0])], labelCount: 3));
    }

    [Fact]
    public void The_loss_of_the_most_frequent_labels_is_that_of_their_frequencies()
    {
        (string, IReadOnlyList<int>)[] train = [("a", [0]), ("b", [0]), ("c", [0, 1]), ("d", [])];

        var metrics = MultiLabelBaselines.MeasureAll(train, train, [("e", [0])], Labels, Cancellation)["majority"];

        // One row added to each side: 4 of 6, 2 of 6, 1 of 6.
        Assert.Equal(-(Math.Log(4.0 / 6) + Math.Log(4.0 / 6) + Math.Log(5.0 / 6)) / 3, metrics["loss"], 6);
        Assert.Equal(1, metrics["exact_match"]);
    }

    [Fact]
    public void Labels_that_follow_from_words_are_learned_one_by_one()
    {
        var (train, test) = (Reviews(200, seed: 1), Reviews(100, seed: 2));

        var baselines = MultiLabelBaselines.MeasureAll(train, test, test, Labels, Cancellation);

        Assert.InRange(baselines["tfidf"]["f1.micro"], 0.97, 1);
        Assert.InRange(baselines["tfidf"]["exact_match"], 0.9, 1);
        Assert.InRange(baselines["majority"]["f1.micro"], 0.3, 0.9);
        Assert.DoesNotContain(baselines["tfidf"].Keys, metric => metric.Contains('[', StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_that_all_or_no_training_rows_have_are_answered_so()
    {
        (string, IReadOnlyList<int>)[] rows = [.. Enumerable.Range(0, 12).Select(row => ($"text {row % 2}", (IReadOnlyList<int>)(row % 2 == 0 ? [0, 1] : [0])))];

        var baseline = MultiLabelBaselines.MeasureAll(rows, rows, rows, Labels, Cancellation)["tfidf"];

        Assert.Equal(1, baseline["exact_match"]);
    }

    [Fact]
    public void Numbers_that_follow_from_words_are_learned()
    {
        var (train, test) = (Ratings(300, seed: 1), Ratings(100, seed: 2));

        var baselines = RegressionBaselines.MeasureAll(train, test, Cancellation);

        Assert.InRange(baselines["tfidf"]["r2"], 0.9, 1);
        Assert.InRange(baselines["mean"]["r2"], -0.2, 0);
        Assert.Equal(double.NaN, baselines["mean"]["pearson"]);
    }

    [Fact]
    public void The_unit_of_the_numbers_does_not_matter()
    {
        var (train, test) = (Ratings(100, seed: 1), Ratings(50, seed: 2));

        var before = RegressionBaselines.MeasureAll(train, test, Cancellation)["tfidf"];
        var after = RegressionBaselines.MeasureAll(Stretched(train), Stretched(test), Cancellation)["tfidf"];

        Assert.Equal(before["r2"], after["r2"], 4);

        static (string, double)[] Stretched((string Text, double Value)[] rows) => [.. rows.Select(row => (row.Text, 1e6 + (1000 * row.Value)))];
    }

    [Fact]
    public void Training_rows_with_one_number_are_answered_with_it()
        => Assert.Equal(1, RegressionBaselines.MeasureAll([("a", 2), ("b", 2)], [("a", 3), ("c", 1)], Cancellation)["tfidf"]["mse"]);

    [Fact]
    public void Each_word_has_its_most_frequent_tag_and_an_unknown_one_none()
    {
        (IReadOnlyList<string>, IReadOnlyList<int>)[] train = [(["in", "New", "York"], [0, 1, 2]), (["New", "York", "is", "new"], [1, 2, 0, 0]), (["York"], [1])];

        var metrics = TokenBaselines.MeasureAll(train, [(["New", "York", "in", "Rome"], [1, 2, 0, 1])], Tags, Cancellation)["word"];

        Assert.Equal((1, 0.5, 0.75), (metrics["precision"], metrics["recall"], metrics["accuracy"]));
        // Counts with one added: New 2 of 2 B-LOC, York 2 of 3 I-LOC, in 1 of 1 O; Rome has the counts of all eight words, 3 of them B-LOC.
        Assert.Equal(-(Math.Log(3.0 / 5) + Math.Log(3.0 / 6) + Math.Log(2.0 / 4) + Math.Log(4.0 / 11)) / 4, metrics["loss"], 12);
    }

    [Fact]
    public void Of_equally_frequent_tags_the_first_is_taken()
        => Assert.Equal(1, TokenBaselines.MeasureAll([(["May", "May"], [1, 0])], [(["May"], [0])], Tags, Cancellation)["word"]["accuracy"]);

    [Fact]
    public void Tokens_are_guessed_by_their_frequency()
    {
        var metrics = MaskedLanguageBaselines.MeasureAll([3, 3, 1], [3, 0], vocabularySize: 4)["unigram"];

        // Counts with one added: 1, 2, 1, 3 of 7.
        Assert.Equal(0.5, metrics["accuracy"]);
        Assert.Equal(-(Math.Log(3.0 / 7) + Math.Log(1.0 / 7)) / 2, metrics["loss"], 12);
    }

    [Fact]
    public void A_gain_is_higher_when_the_model_is_better_whichever_way_the_metric_gets_better()
    {
        var baselines = RegressionBaselines.MeasureAll([("a", 1), ("b", 3)], [("a", 1), ("b", 3)], Cancellation);
        var metrics = new Dictionary<string, double> { ["mse"] = 0, ["rmse"] = 0, ["mae"] = 0, ["loss"] = 0, ["r2"] = 1, ["pearson"] = 1, ["spearman"] = 1 };

        var gains = BaselineComparison.Gains(metrics, baselines).ToDictionary();

        Assert.Equal(baselines.Values.Min(baseline => baseline["rmse"]), gains["gain.rmse"]);
        // The mean has no correlation, so it is not compared.
        Assert.Equal(1 - baselines["tfidf"]["pearson"], gains["gain.pearson"]);
        Assert.All(gains.Values, gain => Assert.InRange(gain, 0, 2));
    }

    [Fact]
    public void A_cancelled_run_computes_no_baseline()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => MultiLabelBaselines.MeasureAll(Reviews(5, 1), Reviews(5, 1), Reviews(5, 1), Labels, cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => RegressionBaselines.MeasureAll(Ratings(5, 1), Ratings(5, 1), cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => TokenBaselines.MeasureAll([(["a"], [0])], [(["a"], [0])], Tags, cancelled));
    }

    private static (string Text, IReadOnlyList<int> Labels)[] Reviews(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] labels = [.. Enumerable.Range(0, Labels.Length).Where(label => random.NextDouble() < 0.6 - (0.2 * label))];
            return ($"we were there on day {random.Next(30)} {string.Join(' ', labels.Select(label => Labels[label]))} thanks", (IReadOnlyList<int>)labels);
        })];
    }

    private static (string Text, double Value)[] Ratings(int count, int seed)
    {
        var random = new Random(seed);
        string[] words = ["awful", "poor", "fair", "good", "great"];
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(words.Length)).Select(rating => ($"it was {words[rating]} on monday", rating + 1.0))];
    }
}
