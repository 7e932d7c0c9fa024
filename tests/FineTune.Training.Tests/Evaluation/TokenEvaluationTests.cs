using FineTune.Core.Diagnostics;
using FineTune.Runtime.Entities;
using FineTune.Training.Evaluation;

namespace FineTune.Training.Tests.Evaluation;

public sealed class TokenEvaluationTests
{
    private static readonly ReferenceCases Cases = new("token-reference.json");
    private static readonly string[] Tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Metrics_equal_those_of_conlleval_and_seqeval(string name) => Cases.AssertMetrics(name, Compute(name).Metrics);

    [Theory]
    [InlineData("mostly right")]
    [InlineData("half right")]
    [InlineData("answers cut off")]
    public void Intervals_contain_their_metric_and_are_the_same_in_every_run(string name)
    {
        var result = Compute(name);

        Assert.Equal(["accuracy", "f1", "f1.macro", "f1.strict", "precision", "recall"], result.Intervals.Keys.Order(StringComparer.Ordinal));
        Assert.All(result.Intervals, interval => Assert.InRange(result.Metrics[interval.Key], interval.Value[0], interval.Value[1]));
        Assert.Equal(result.Intervals, Compute(name).Intervals);
    }

    [Fact]
    public void Entities_of_words_that_were_cut_off_are_missed()
    {
        var metrics = TokenEvaluation.Compute([[1, 0, 3, 4]], [[1, 0, 3]], Tags).Metrics;

        Assert.Equal((0.5, 0.5, 0.75), (metrics["precision"], metrics["recall"], metrics["accuracy"]));
    }

    [Fact]
    public void The_loss_is_the_mean_cross_entropy_of_the_words_that_were_answered()
    {
        float[][] logits = [[2, 0, 0, 0, 0], [0, 0, 1, 0, 0]];

        var metrics = TokenEvaluation.Compute([[0, 1, 0]], [logits], Tags).Metrics;

        var first = Math.Log(Math.Exp(2) + 4) - 2;
        var second = Math.Log(Math.E + 4);
        Assert.Equal((first + second) / 2, metrics["loss"], 12);
        // The second word was answered I-PER, which is an entity by the lenient rule and none by the strict one.
        Assert.Equal((1, 0), (metrics["f1"], metrics["f1.strict"]));
    }

    [Fact]
    public void Texts_without_answers_have_no_loss()
        => Assert.Equal(double.NaN, TokenEvaluation.Compute([[1]], new float[][][] { [] }, Tags).Metrics["loss"]);

    [Fact]
    public void Output_that_is_not_a_number_is_an_error()
        => Assert.Equal("FT1040", Assert.Throws<FineTuneException>(() => TokenEvaluation.Compute([[0]], new float[][][] { [[0, 0, float.NaN, 0, 0]] }, Tags)).Code);

    [Fact]
    public void More_answers_than_words_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TokenEvaluation.Compute([[0]], [[0, 0]], Tags));
        Assert.Throws<ArgumentException>(() => TokenEvaluation.Compute([[0]], new float[][][] { [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0]] }, Tags));
        Assert.Throws<ArgumentException>(() => TokenEvaluation.Compute([[0], [0]], [[0]], Tags));
    }

    [Theory]
    [InlineData("E-PER")]
    [InlineData("B-")]
    [InlineData("PER")]
    public void Tags_of_another_scheme_are_refused(string tag) => Assert.Throws<ArgumentException>(() => new EntityTags(["O", tag]));

    [Fact]
    public void Tags_without_an_outside_are_refused() => Assert.Throws<ArgumentException>(() => new EntityTags(["B-PER", "I-PER"]));

    [Fact]
    public void A_type_may_have_any_name()
        => Assert.Equal(["creative-work", "B-side"], new EntityTags(["O", "B-creative-work", "I-creative-work", "B-B-side", "I-B-side"]).Types);

    [Fact]
    public void Entities_are_found_leniently_and_strictly()
    {
        // I-PER, O, B-LOC, I-LOC, I-PER, B-PER, B-PER
        int[] sequence = [2, 0, 3, 4, 2, 1, 1];
        var tags = new EntityTags(Tags);

        Assert.Equal([new(0, 1, 0), new(2, 4, 1), new(4, 5, 0), new(5, 6, 0), new(6, 7, 0)], tags.Find(sequence));
        Assert.Equal([new(2, 4, 1), new(5, 6, 0), new(6, 7, 0)], tags.FindStrictly(sequence));
    }

    private static EvaluationResult Compute(string name) => TokenEvaluation.Compute(Cases.Get<int[][]>(name, "expected"), Cases.Get<int[][]>(name, "predicted"), Cases.Get<string[]>(name, "tags"));
}
