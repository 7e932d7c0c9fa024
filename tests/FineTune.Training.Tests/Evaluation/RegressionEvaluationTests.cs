using FineTune.Training.Evaluation;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Evaluation;

public sealed class RegressionEvaluationTests
{
    private static readonly ReferenceCases Cases = new("regression-reference.json");

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Metrics_equal_those_of_scikit_learn_and_scipy(string name) => Cases.AssertMetrics(name, Compute(name).Metrics);

    [Fact]
    public void Intervals_contain_their_metric_and_are_the_same_in_every_run()
    {
        var result = Compute("ties on both sides");

        Assert.Equal(["mae", "mse", "pearson", "r2", "rmse", "spearman"], result.Intervals.Keys.Order(StringComparer.Ordinal));
        Assert.All(result.Intervals, interval => Assert.InRange(result.Metrics[interval.Key], interval.Value[0], interval.Value[1]));
        Assert.Equal(result.Intervals, Compute("ties on both sides").Intervals);
    }

    [Fact]
    public void Answers_that_are_all_the_same_have_no_correlation()
    {
        // Their deviations from their mean, in floating point, are not 0.
        var result = RegressionEvaluation.Compute([1, 2, 4, 3], [0.1, 0.1, 0.1, 0.1]);

        Assert.Equal((double.NaN, double.NaN), (result.Metrics["pearson"], result.Metrics["spearman"]));
        Assert.True(double.IsFinite(result.Metrics["r2"]));
        Assert.Equal(["mae", "mse", "r2", "rmse"], result.Intervals.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Expected_values_that_are_all_the_same_explain_nothing()
        => Assert.Equal(double.NaN, RegressionEvaluation.Compute([0.1, 0.1, 0.1], [0.1, 0.2, 0.1]).Metrics["r2"]);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Output_that_is_not_a_number_makes_every_metric_one(double output)
    {
        var result = RegressionEvaluation.Compute([1, 2], [1, output]);

        Assert.Equal(7, result.Metrics.Count);
        Assert.All(result.Metrics.Values, value => Assert.Equal(double.NaN, value));
        Assert.Empty(result.Intervals);
    }

    [Fact]
    public void Expected_values_must_be_finite_and_as_many_as_answers()
    {
        Assert.Throws<ArgumentException>(() => RegressionEvaluation.Compute([double.NaN], [1]));
        Assert.Throws<ArgumentException>(() => RegressionEvaluation.Compute([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => RegressionEvaluation.Compute([], []));
    }

    [Property(MaxTest = 50)]
    public bool Spearman_does_not_change_when_answers_are_stretched_and_the_order_stays(NonEmptyArray<byte> answers)
    {
        double[] predicted = [.. answers.Get.Select(value => (double)value)];
        double[] expected = [.. predicted.Select((value, index) => (value * 7 % 13) + index)];

        var before = RegressionEvaluation.Compute(expected, predicted, intervals: false).Metrics["spearman"];
        var after = RegressionEvaluation.Compute(expected, [.. predicted.Select(value => (value * value * value) - 5)], intervals: false).Metrics["spearman"];

        return before.Equals(after);
    }

    private static EvaluationResult Compute(string name) => RegressionEvaluation.Compute(Cases.Get<double[]>(name, "expected"), Cases.Get<double[]>(name, "predicted"));
}
