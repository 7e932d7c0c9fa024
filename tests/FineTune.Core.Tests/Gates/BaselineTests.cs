using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FineTune.Core.Manifests;

namespace FineTune.Core.Tests.Gates;

public sealed class BaselineTests
{
    [Theory]
    [InlineData("accuracy >= baseline - 0.01", 0.95, 0.94, true)]
    [InlineData("accuracy >= baseline - 0.01", 0.95, 0.9399, false)]
    [InlineData("accuracy >= baseline - 1%", 0.95, 0.94, true)]
    [InlineData("accuracy >= baseline - 0.05", 0.95, 0.9, true)]
    [InlineData("accuracy >= Baseline", 2.0 / 3, 2.0 / 3, true)]
    [InlineData("accuracy > baseline", 2.0 / 3, 2.0 / 3, false)]
    [InlineData("accuracy <= baseline + 0.1", 0.3, 0.4, true)]
    [InlineData("accuracy <= baseline+0.1", 0.3, 0.41, false)]
    public void A_condition_can_compare_with_the_accepted_model(string text, double accepted, double measured, bool passes)
        => Assert.Equal(passes, Judge(text, accepted, measured).Passed);

    [Fact]
    public void Without_an_accepted_model_the_condition_does_not_hold()
    {
        var gate = Gate.Parse("accuracy >= baseline - 1");

        Assert.False(Assert.Single(gate.Evaluate(Metrics(0.9, 100), accepted: null)).Passed);
        Assert.False(Assert.Single(gate.Evaluate(Metrics(0.9, 100).Metrics)).Passed);
    }

    [Fact]
    public void A_metric_that_the_baseline_lacks_does_not_pass_and_says_how_to_get_it()
    {
        var accepted = AcceptedMetrics.Of(Metrics(0.9, 100)) with { Metrics = new Dictionary<string, double>() };

        var result = Assert.Single(Gate.Parse("accuracy >= baseline").Evaluate(Metrics(0.9, 100), accepted));

        Assert.False(result.Passed);
        Assert.Contains("dotnet finetune accept", result.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_within_the_intervals_is_called_noise()
    {
        var result = Judge("accuracy >= baseline - 0.01", 0.9, 0.88);

        Assert.True(result.MayBeNoise);
        Assert.Equal("accuracy >= baseline - 0.01: 0.88, accepted was 0.9 (missed by 0.01); this may be noise: on 100 rows accuracy is uncertain from 0.83 to 0.93 (95 %), and the accepted value lies within", result.Describe());
    }

    [Fact]
    public void A_difference_beyond_the_intervals_is_not()
    {
        var result = Judge("accuracy >= baseline - 0.01", 0.9, 0.8);

        Assert.False(result.MayBeNoise);
        Assert.Equal("accuracy >= baseline - 0.01: 0.8, accepted was 0.9 (missed by 0.09)", result.Describe());
    }

    [Fact]
    public void Other_rows_than_the_accepted_model_had_are_named()
    {
        var result = Assert.Single(Gate.Parse("accuracy >= baseline").Evaluate(Metrics(0.7, 200), AcceptedMetrics.Of(Metrics(0.9, 100))));

        Assert.EndsWith("; the accepted model was measured on 100 test rows, so the rows are not the same", result.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_written_file_is_read_again_sorted_by_name()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, BaselineFile.DefaultName);
        BaselineFile.Read(path).With("Topic", AcceptedMetrics.Of(Metrics(0.7, 10))).With("Mood", AcceptedMetrics.Of(Metrics(0.8, 20))).With("Topic", AcceptedMetrics.Of(Metrics(0.9, 30))).Save();

        var read = BaselineFile.Read(path);

        Assert.Equal(["Mood", "Topic"], read.Models.Keys);
        var topic = read.Of("Topic", location: null);
        Assert.Equal((30, "test", 0.9), (topic.Rows, topic.EvaluatedOn, topic.Metrics["accuracy"]));
        Assert.Equal([0.85, 0.95], topic.Intervals["accuracy"].Select(bound => Math.Round(bound, 6)));
        Assert.DoesNotContain("loss", topic.Metrics.Keys);
        Assert.Equal(File.ReadAllText(path), read.ToString());
    }

    [Fact]
    public void A_model_without_an_entry_is_an_error_that_says_how_to_make_one()
    {
        using var folder = new TemporaryFolder();
        var place = new SourceLocation("app.csproj", 4, 5);

        var exception = Assert.Throws<FineTuneException>(() => BaselineFile.Read(Path.Combine(folder.Path, "none.json")).Of("Topic", place));

        Assert.Equal(("FT5003", place), (exception.Code, exception.Diagnostics[0].Location));
        Assert.Contains("dotnet finetune accept --project PROJECT --model Topic", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<<<<<<< HEAD")]
    [InlineData("{}")]
    [InlineData("""{"formatVersion":2,"models":{}}""")]
    [InlineData("""{"formatVersion":1,"models":{"Topic":{}}}""")]
    public void A_file_that_cannot_be_understood_is_refused_with_a_code(string content)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "baseline.json");
        File.WriteAllText(path, content);

        var exception = Assert.Throws<FineTuneException>(() => BaselineFile.Read(path));

        Assert.Equal(("FT5004", path), (exception.Code, exception.Diagnostics[0].Location?.File));
    }

    private static GateResult Judge(string gate, double accepted, double measured)
        => Assert.Single(Gate.Parse(gate).Evaluate(Metrics(measured, 100), AcceptedMetrics.Of(Metrics(accepted, 100))));

    /// <summary>An accuracy with an interval of 0.05 to either side, and a loss that is not a number.</summary>
    private static MetricsDocument Metrics(double accuracy, int rows) => new()
    {
        Task = "TextClassification",
        EvaluatedOn = "test",
        Rows = rows,
        Metrics = new Dictionary<string, double> { ["accuracy"] = accuracy, ["loss"] = double.NaN },
        Intervals = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [accuracy - 0.05, accuracy + 0.05] },
        Baseline = new Dictionary<string, IReadOnlyDictionary<string, double>>(),
        ConfusionMatrix = [],
        Labels = [],
        Training = new TrainingSummary
        {
            Seconds = 1,
            SamplesPerSecond = 1,
            Steps = 1,
            Epochs = 1,
            BestEpoch = 1,
            PeakMemoryBytes = 1,
            Device = "cpu",
            Precision = "float32",
            Rows = 1,
            Strategy = Core.Specification.Strategy.Full,
            Parts = [],
            History = [],
            Warnings = [],
            TrainableParameters = 1,
            Parameters = 1,
        },
        Fingerprint = new FingerprintPair(new string('a', 64), new string('b', 64)),
    };
}
