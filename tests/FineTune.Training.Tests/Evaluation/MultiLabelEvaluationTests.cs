using FineTune.Core.Diagnostics;
using FineTune.Training.Evaluation;

namespace FineTune.Training.Tests.Evaluation;

public sealed class MultiLabelEvaluationTests
{
    private static readonly ReferenceCases Cases = new("multi-label-reference.json");

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Metrics_equal_those_of_scikit_learn(string name) => Cases.AssertMetrics(name, Compute(name, Cases.Get<double[]>(name, "thresholds")).Metrics);

    [Theory]
    [MemberData(nameof(Names))]
    public void Intervals_contain_their_metric_and_are_the_same_in_every_run(string name)
    {
        var result = Compute(name, Cases.Get<double[]>(name, "thresholds"));

        Assert.Equal(["exact_match", "f1.macro", "f1.micro", "f1.weighted", "hamming"], result.Intervals.Keys.Order(StringComparer.Ordinal));
        Assert.All(result.Intervals, interval => Assert.InRange(result.Metrics[interval.Key], interval.Value[0] - 1e-12, interval.Value[1] + 1e-12));
        Assert.Equal(result.Intervals, Compute(name, Cases.Get<double[]>(name, "thresholds")).Intervals);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_threshold_gives_a_label_with_enough_rows_a_higher_F1_than_the_tuned_one(string name)
    {
        var (labels, expected) = (Cases.Get<string[]>(name, "labels"), Cases.Get<int[][]>(name, "expected"));
        var thresholds = LabelThresholds.Tune(expected, Cases.Get<float[][]>(name, "logits"), labels.Length);
        var metrics = Compute(name, thresholds).Metrics;

        for (var label = 0; label < labels.Length; label++)
        {
            if (expected.Count(row => row.Contains(label)) >= 5)
            {
                Assert.Equal(Cases.Get<double[]>(name, "bestF1")[label], metrics[$"f1[{labels[label]}]"], 12);
            }
            else
            {
                Assert.Equal(0.5, thresholds[label]);
            }
        }
    }

    [Fact]
    public void A_threshold_that_is_as_good_as_any_is_a_half()
        => Assert.Equal([0.5], LabelThresholds.Tune([[0], [0], [0], [0], [0], []], [[3], [2], [1], [0.5f], [0.1f], [-1]], labelCount: 1));

    [Fact]
    public void A_threshold_lies_in_the_middle_of_the_gap_that_it_separates()
    {
        // The probabilities of the five rows with the label are all below a half.
        var thresholds = LabelThresholds.Tune([[0], [0], [0], [0], [0], []], [[-1], [-1], [-1], [-1], [-1], [-3]], labelCount: 1);

        Assert.Equal((Logistic(-1) + Logistic(-3)) / 2, Assert.Single(thresholds), 12);
    }

    [Fact]
    public void Of_thresholds_with_the_same_F1_the_one_nearest_to_a_half_is_taken()
    {
        // F1 is 2·4 / (8 + 4) after the first four rows, and 2·8 / (8 + 16) after all sixteen: the same.
        int[][] expected = [[0], [0], [0], [0], [], [], [], [], [], [], [], [], [0], [0], [0], [0]];
        float[][] high = [.. Enumerable.Range(0, 4).Select(_ => new[] { 6f }), .. Enumerable.Range(0, 8).Select(_ => new[] { 5f }), .. Enumerable.Range(0, 4).Select(_ => new[] { 1f })];
        float[][] low = [.. high.Select(row => new[] { row[0] - 7 })];

        Assert.Equal(0.5, LabelThresholds.Tune(expected, high, labelCount: 1)[0]);
        Assert.Equal((Logistic(-1) + Logistic(-2)) / 2, LabelThresholds.Tune(expected, low, labelCount: 1)[0], 12);
    }

    [Fact]
    public void Rows_without_a_label_count()
    {
        var metrics = MultiLabelEvaluation.Compute([[], [0], []], [[], [0], [0]], ["a"]).Metrics;

        Assert.Equal(2.0 / 3, metrics["exact_match"], 12);
        Assert.Equal(1.0 / 3, metrics["hamming"], 12);
    }

    [Fact]
    public void Output_that_is_not_a_number_is_an_error()
        => Assert.Equal("FT1040", Assert.Throws<FineTuneException>(() => MultiLabelEvaluation.Compute([[0]], [[float.NaN]], ["a"], [0.5])).Code);

    [Fact]
    public void Lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MultiLabelEvaluation.Compute([[0]], [[0f], [0f]], ["a"], [0.5]));
        Assert.Throws<ArgumentException>(() => MultiLabelEvaluation.Compute([[0]], [[0f]], ["a"], []));
        Assert.Throws<ArgumentException>(() => MultiLabelEvaluation.Compute([], Array.Empty<float[]>(), ["a"], [0.5]));
    }

    private static EvaluationResult Compute(string name, IReadOnlyList<double> thresholds)
        => MultiLabelEvaluation.Compute(Cases.Get<int[][]>(name, "expected"), Cases.Get<float[][]>(name, "logits"), Cases.Get<string[]>(name, "labels"), thresholds);

    private static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));
}
