using FineTune.Core.Diagnostics;
using FineTune.Training.Evaluation;

namespace FineTune.Training.Tests.Evaluation;

public sealed class MaskedLanguageEvaluationTests
{
    [Fact]
    public void Each_masked_token_counts_the_same_whatever_its_text()
    {
        var evaluation = new MaskedLanguageEvaluation();
        evaluation.Add([2], [[0, 0, 3]]);
        evaluation.Add([0, 1, 1], [[1, 0, 0], [1, 0, 0], [0, 0, 0]]);

        var metrics = evaluation.Compute().Metrics;

        double[] losses = [Math.Log(2 + Math.Exp(3)) - 3, Math.Log(2 + Math.E) - 1, Math.Log(2 + Math.E), Math.Log(3)];
        Assert.Equal(0.5, metrics["accuracy"]);
        Assert.Equal(losses.Average(), metrics["loss"], 12);
        Assert.Equal(Math.Exp(losses.Average()), metrics["perplexity"], 12);
    }

    [Fact]
    public void A_model_that_knows_nothing_has_the_vocabulary_as_its_perplexity()
    {
        var evaluation = new MaskedLanguageEvaluation();
        evaluation.Add([4, 7], [new float[1000], new float[1000]]);

        Assert.Equal(1000, evaluation.Compute().Metrics["perplexity"], 9);
    }

    [Fact]
    public void Tokens_can_be_compared_elsewhere_and_texts_without_any_do_not_count()
    {
        var (first, second) = (new MaskedLanguageEvaluation(), new MaskedLanguageEvaluation());
        first.Add([0, 1], [[2, 0], [2, 0]]);
        second.Add(2, 1, Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(2)));
        second.Add(0, 0, 0);

        var (one, other) = (first.Compute(), second.Compute());

        Assert.All(one.Metrics, metric => Assert.Equal(metric.Value, other.Metrics[metric.Key], 12));
    }

    [Fact]
    public void Intervals_contain_their_metric()
    {
        var evaluation = new MaskedLanguageEvaluation();
        for (var text = 0; text < 50; text++)
        {
            evaluation.Add(3, text % 4, 2 + (text % 7));
        }

        var result = evaluation.Compute();

        Assert.Equal(["accuracy", "loss", "perplexity"], result.Intervals.Keys.Order(StringComparer.Ordinal));
        Assert.All(result.Intervals, interval => Assert.InRange(result.Metrics[interval.Key], interval.Value[0], interval.Value[1]));
    }

    [Fact]
    public void Nothing_masked_is_nothing_measured() => Assert.Throws<InvalidOperationException>(() => new MaskedLanguageEvaluation().Compute());

    [Fact]
    public void Output_that_is_not_a_number_is_an_error()
        => Assert.Equal("FT1040", Assert.Throws<FineTuneException>(() => new MaskedLanguageEvaluation().Add([0], [[float.NaN, 0]])).Code);
}
