using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Training.Evaluation;
using FineTune.Training.Tests.Checkpoints;
using FsCheck.Xunit;

namespace FineTune.Training.Tests.Evaluation;

public sealed class ClassificationEvaluationTests
{
    private static readonly string ReferenceFile = RepositoryFiles.Path("tests/FineTune.Training.Tests/Evaluation/sklearn-reference.json");

    public static TheoryData<string> ReferenceCases()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ReferenceFile));
        return [.. document.RootElement.EnumerateArray().Select(reference => reference.GetProperty("name").GetString()!)];
    }

    [Theory]
    [MemberData(nameof(ReferenceCases))]
    public void Metrics_equal_those_of_scikit_learn(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ReferenceFile));
        var reference = document.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        var labels = reference.GetProperty("labels").Deserialize<string[]>()!;

        var result = ClassificationEvaluation.Compute(reference.GetProperty("expected").Deserialize<int[]>()!, reference.GetProperty("logits").Deserialize<float[][]>()!, labels);

        var expected = reference.GetProperty("metrics").Deserialize<Dictionary<string, double>>()!;
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), result.Metrics.Keys.Order(StringComparer.Ordinal));
        foreach (var (metric, value) in expected)
        {
            Assert.True(Math.Abs(value - result.Metrics[metric]) < 1e-9, $"{metric}: {result.Metrics[metric]} instead of {value}");
        }

        Assert.Equal(reference.GetProperty("confusion").Deserialize<int[][]>()!, result.ConfusionMatrix);
    }

    [Theory]
    [MemberData(nameof(ReferenceCases))]
    public void Every_interval_contains_its_metric(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ReferenceFile));
        var reference = document.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);

        var result = ClassificationEvaluation.Compute(
            reference.GetProperty("expected").Deserialize<int[]>()!, reference.GetProperty("logits").Deserialize<float[][]>()!, reference.GetProperty("labels").Deserialize<string[]>()!);

        Assert.Equal(["accuracy", "f1.macro", "f1.micro", "f1.weighted"], result.Intervals.Keys.Order());
        Assert.All(result.Intervals, interval =>
        {
            Assert.InRange(interval.Value[0], 0, result.Metrics[interval.Key]);
            Assert.InRange(interval.Value[1], result.Metrics[interval.Key], 1);
        });
    }

    [Fact]
    public void Accuracy_has_wilsons_interval()
    {
        // scipy.stats.binomtest(45, 50).proportion_ci(method="wilson")
        var interval = ConfidenceIntervals.Wilson(0.9, 50);
        Assert.Equal(0.7863976856252034, interval[0], 12);
        Assert.Equal(0.9565242350681095, interval[1], 12);
        Assert.Equal(0, ConfidenceIntervals.Wilson(0, 5)[0]);
        Assert.Equal(1, ConfidenceIntervals.Wilson(1, 5)[1]);
    }

    [Fact]
    public void The_bootstrap_gives_the_same_interval_each_time_and_shrinks_with_more_rows()
    {
        static (int, int)[] Rows(int count) => [.. Enumerable.Range(0, count).Select(row => (row % 3, row % 10 == 0 ? (row + 1) % 3 : row % 3))];

        var few = ConfidenceIntervals.BootstrapF1(Rows(60), 3).First();
        var many = ConfidenceIntervals.BootstrapF1(Rows(6000), 3).First();

        Assert.Equal(few.Interval, ConfidenceIntervals.BootstrapF1(Rows(60), 3).First().Interval);
        // The normal approximation of a share of 0.9: 1.96 * sqrt(0.09 / n).
        Assert.InRange(few.Interval[1] - few.Interval[0], 0.10, 0.20);
        Assert.InRange(many.Interval[1] - many.Interval[0], 0.012, 0.018);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Outputs_that_are_no_numbers_end_the_evaluation(float logit)
        => Assert.Equal("FT1040", Assert.Throws<FineTuneException>(() => ClassificationEvaluation.Compute([0], [[1f, logit]], ["a", "b"])).Code);

    [Fact]
    public void Extreme_logits_give_a_finite_loss()
        => Assert.Equal(2e30, ClassificationEvaluation.Compute([1], [[1e30f, -1e30f]], ["a", "b"], intervals: false).Metrics["loss"], 1e25);

    [Property(MaxTest = 100)]
    public void Weighted_recall_and_micro_f1_are_the_accuracy((byte Expected, float First, float Second, float Third)[] rows)
    {
        var finite = (rows ?? []).Where(row => float.IsFinite(row.First + row.Second + row.Third)).ToArray();
        if (finite.Length == 0)
        {
            return;
        }

        var metrics = ClassificationEvaluation.Compute(
            [.. finite.Select(row => row.Expected % 3)], [.. finite.Select(row => new[] { row.First, row.Second, row.Third })], ["a", "b", "c"], intervals: false).Metrics;

        Assert.Equal(metrics["accuracy"], metrics["recall.weighted"], 12);
        Assert.Equal(metrics["accuracy"], metrics["f1.micro"], 12);
        Assert.InRange(metrics["mcc"], -1.0000000001, 1.0000000001);
        Assert.True(metrics["loss"] >= 0);
    }
}
