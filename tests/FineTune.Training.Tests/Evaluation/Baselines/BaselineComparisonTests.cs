using FineTune.Core.Diagnostics;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Training.Tests.Evaluation.Baselines;

public sealed class BaselineComparisonTests
{
    [Fact]
    public void The_majority_baseline_always_answers_the_most_frequent_training_label()
    {
        var metrics = BaselineComparison.Measure(new MajorityBaseline(), Rows(0, 1, 1, 2), Rows(1, 1, 0, 2), labelCount: 3, TestContext.Current.CancellationToken);

        Assert.Equal(0.5, metrics["accuracy"], 12);
        Assert.Equal(2.0 / 3 / 3, metrics["f1.macro"], 12);
        Assert.Equal(0.5, metrics["f1.micro"], 12);
        Assert.Equal(2.0 / 3 / 2, metrics["f1.weighted"], 12);
        Assert.Equal(0, metrics["mcc"]);
    }

    [Fact]
    public void Of_equally_frequent_labels_the_majority_baseline_answers_the_first()
        => Assert.Equal([1, 1], new MajorityBaseline().Answer(Rows(2, 1, 1, 2), ["a", "b"], labelCount: 3, TestContext.Current.CancellationToken));

    [Fact]
    public void Each_baseline_has_the_metrics_of_a_model_with_the_same_answers()
    {
        var train = Rows(0, 1, 1, 2);
        var rows = Rows(1, 1, 0, 2);
        var logits = new MajorityBaseline().Answer(train, ["", "", "", ""], 3, TestContext.Current.CancellationToken).Select(answer => Enumerable.Range(0, 3).Select(label => label == answer ? 1f : 0f).ToArray()).ToList();

        var model = ClassificationEvaluation.Compute([.. rows.Select(row => row.Label)], logits, ["a", "b", "c"]).Metrics;

        var baselines = BaselineComparison.MeasureAll(train, rows, labelCount: 3, TestContext.Current.CancellationToken);
        Assert.Equal(["majority", "tfidf"], baselines.Keys);
        Assert.All(baselines.Values, metrics => Assert.Equal(["accuracy", "f1.macro", "f1.micro", "f1.weighted", "mcc"], metrics.Keys));
        Assert.All(baselines["majority"], metric => Assert.Equal(model[metric.Key], metric.Value, 12));
    }

    [Fact]
    public void The_gain_is_what_the_model_has_over_the_baseline_that_is_best_at_the_metric()
    {
        var metrics = new Dictionary<string, double> { ["accuracy"] = 0.9, ["f1.macro"] = 0.5, ["loss"] = 0.3 };
        var baselines = new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            ["poor"] = new Dictionary<string, double> { ["accuracy"] = 0.5, ["f1.macro"] = 0.6 },
            ["good"] = new Dictionary<string, double> { ["accuracy"] = 0.8, ["f1.macro"] = 0.4 },
        };

        var gains = BaselineComparison.Gains(metrics, baselines).ToDictionary();

        Assert.Equal(["gain.accuracy", "gain.f1.macro"], gains.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.1, gains["gain.accuracy"], 12);
        Assert.Equal(-0.1, gains["gain.f1.macro"], 12);
    }

    [Fact]
    public void A_cancelled_run_computes_no_baseline()
        => Assert.ThrowsAny<OperationCanceledException>(() => BaselineComparison.MeasureAll(Rows(0, 1), Rows(0, 1), labelCount: 2, new CancellationToken(canceled: true)));

    private static LabelledText[] Rows(params int[] labels) => [.. labels.Select(label => new LabelledText($"text {label}", label, new SourceLocation("rows.csv")))];
}
