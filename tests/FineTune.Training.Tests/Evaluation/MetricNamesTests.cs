using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Training.Tests.Evaluation;

/// <summary>The names that conditions are checked against before a training are those that its evaluation gives.</summary>
public sealed class MetricNamesTests
{
    private static readonly string[] Labels = ["a", "b"];
    private static readonly string[] Tags = ["O", "B-x", "I-x"];

    private static readonly Dictionary<FineTuneTask, Func<(IReadOnlyDictionary<string, double> Metrics, IEnumerable<string> OfBaselines)>> Evaluations = new()
    {
        [FineTuneTask.TextClassification] = () =>
        {
            LabelledText[] rows = [new("one", 0, Origin), new("two", 1, Origin)];
            var baseline = BaselineComparison.Measure(new MajorityBaseline(), rows, rows, Labels.Length, TestContext.Current.CancellationToken);
            return (ClassificationEvaluation.Compute([0, 1], [[1, 0], [0, 1]], Labels, intervals: false).Metrics, baseline.Keys);
        },
        [FineTuneTask.MultiLabelClassification] = () =>
        {
            (string, IReadOnlyList<int>)[] rows = [("one", [0]), ("two", [1])];
            var metrics = MultiLabelEvaluation.Compute([[0], [1]], [[1, -1], [-1, 1]], Labels, [0.5, 0.5], intervals: false).Metrics;
            return (metrics, Names(MultiLabelBaselines.MeasureAll(rows, rows, rows, Labels, TestContext.Current.CancellationToken)));
        },
        [FineTuneTask.TextRegression] = () =>
        {
            (string, double)[] rows = [("one", 1), ("two", 2)];
            return (RegressionEvaluation.Compute([1, 2], [1, 3], intervals: false).Metrics, Names(RegressionBaselines.MeasureAll(rows, rows, TestContext.Current.CancellationToken)));
        },
        [FineTuneTask.TokenClassification] = () =>
        {
            (IReadOnlyList<string>, IReadOnlyList<int>)[] rows = [(["one", "two"], [1, 0])];
            var metrics = TokenEvaluation.Compute([[1, 0]], [[[0f, 1f, 0f], [1f, 0f, 0f]]], Tags, intervals: false).Metrics;
            return (metrics, Names(TokenBaselines.MeasureAll(rows, rows, Tags, TestContext.Current.CancellationToken)));
        },
        [FineTuneTask.MaskedLanguageModeling] = () =>
        {
            var evaluation = new MaskedLanguageEvaluation();
            evaluation.Add(tokens: 2, correct: 1, loss: 1.5);
            return (evaluation.Compute(intervals: false).Metrics, Names(MaskedLanguageBaselines.MeasureAll([0, 1], [1], vocabularySize: 3)));
        },
    };

    public static TheoryData<FineTuneTask> Tasks => [.. Enum.GetValues<FineTuneTask>()];

    private static SourceLocation Origin => new("rows.csv", 1);

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_names_of_a_task_are_those_that_its_evaluation_gives(FineTuneTask task)
    {
        var (metrics, _) = Evaluations[task]();

        Assert.Equal(TaskMetrics.Of(task).Names.Order(StringComparer.Ordinal), metrics.Keys.Where(name => TaskMetrics.LabelOf(name) is null).Order(StringComparer.Ordinal));
        Assert.All(metrics.Keys, name => Assert.True(TaskMetrics.Of(task).IsMeasured(name), name));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_gains_of_a_task_are_over_what_its_baselines_give(FineTuneTask task)
    {
        var (_, ofBaselines) = Evaluations[task]();

        Assert.Equal(TaskMetrics.Of(task).OfBaselines.Order(StringComparer.Ordinal), ofBaselines.Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Names(IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> baselines) => baselines.Values.SelectMany(baseline => baseline.Keys);
}
