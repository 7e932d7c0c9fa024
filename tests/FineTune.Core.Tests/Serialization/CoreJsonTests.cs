using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Core.Tests.Serialization;

public class CoreJsonTests
{
    private static readonly TrainingSummary Summary = new()
    {
        Seconds = 12.5,
        SamplesPerSecond = 640.25,
        Steps = 340,
        Epochs = 2.5,
        BestEpoch = 2,
        PeakMemoryBytes = 5_000_000_000,
        Device = "cpu",
        Precision = "float32",
        Rows = 600,
        Strategy = Strategy.Frozen,
        Parts = [new TrainedPart("embeddings", 2_000_000_000, 0, 0, Trainable: false), new TrainedPart("layer 0", 2_000_000_000, 0.9, 0.01, Trainable: true)],
        History = [new EvaluationPoint(170, 1.25, 0.5, new Dictionary<string, double> { ["accuracy"] = 0.75 })],
        Warnings = [new Diagnostic("FT4016", DiagnosticSeverity.Warning, "Wrong.", new SourceLocation("train.csv", 3, 1)), new Diagnostic("FT4010", DiagnosticSeverity.Warning, "By heart.")],
        TrainableParameters = 3_000_000_000,
        Parameters = 4_000_000_000,
    };

    [Fact]
    public void A_plan_without_defaults_is_read_as_it_was_written()
    {
        var json = CoreJson.Write(SamplePlans.WithoutDefaults());

        var plan = CoreJson.ReadPlan(json);

        Assert.Equal(json, CoreJson.Write(plan));
        foreach (var option in PlanOptions.All)
        {
            Assert.Equal(option.ValueIn(SamplePlans.WithoutDefaults()), option.ValueIn(plan));
        }

        Assert.Equal(SamplePlans.WithoutDefaults().Origin, plan.Origin);
        Assert.Contains("\"data/é.csv\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_with_defaults_only_is_read_as_it_was_written()
    {
        var plan = new TrainingPlan { Name = "Topic" };

        Assert.Equal(CoreJson.Write(plan), CoreJson.Write(CoreJson.ReadPlan(CoreJson.Write(plan, indented: true))));
    }

    [Property]
    public bool Every_number_of_a_plan_survives(NormalFloat rate, int seed) =>
        CoreJson.ReadPlan(CoreJson.Write(new TrainingPlan { Name = "Topic", LearningRate = rate.Get, Seed = seed })) is var plan && plan.LearningRate == rate.Get && plan.Seed == seed;

    [Fact]
    public void A_request_is_read_as_it_was_written()
    {
        var request = new WorkerRequest
        {
            Command = WorkerCommand.Labels,
            Plan = SamplePlans.WithoutDefaults(),
            StoreDirectory = "/store",
            BaseModelDirectory = "/models/tiny",
            LibTorchDirectory = "/torch",
            TrainingFingerprint = "a",
            ExportFingerprint = "b",
            RemoteCache = new RemoteCacheSettings { Address = "https://cache.example/a", Mode = RemoteCacheMode.ReadWrite, AllowHttp = true },
            ShareDevice = true,
        };

        var read = CoreJson.ReadRequest(CoreJson.Write(request, indented: true));

        Assert.Equal(request with { Plan = read.Plan }, read);
        Assert.Equal(CoreJson.Write(request.Plan), CoreJson.Write(read.Plan));
    }

    [Fact]
    public void An_event_is_one_line()
    {
        var report = new WorkerEvent
        {
            Kind = WorkerEventKind.Diagnostic,
            Message = "two\nlines",
            Fraction = 0.25,
            Diagnostic = new Diagnostic("FT1003", DiagnosticSeverity.Warning, "A \"quoted\" word.", new SourceLocation("data/train.csv", 12, 3)),
            EntryDirectory = "/store/v1",
        };

        var json = CoreJson.Write(report);

        Assert.DoesNotContain('\n', json);
        Assert.Equal(report, CoreJson.ReadEvent(json));
    }

    [Fact]
    public void The_labels_of_an_event_keep_their_order() =>
        Assert.Equal(["no", "yes", ""], CoreJson.ReadEvent(CoreJson.Write(new WorkerEvent { Kind = WorkerEventKind.Labels, Labels = ["no", "yes", ""] })).Labels);

    [Fact]
    public void A_manifest_is_read_as_it_was_written()
    {
        var manifest = new ModelManifest
        {
            FormatVersion = "1.0.0",
            Name = "Topic",
            Task = FineTuneTask.TextClassification,
            Labels = ["no", "yes"],
            MaxLength = 64,
            Quantization = Quantization.Int8,
            Tokenizer = new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = true, StripAccents = true, SplitChineseCharacters = true, Family = "Albert", PairTemplate = "[CLS] $A $B", MaskToken = "<mask>" },
            TrainingFingerprint = "a",
            ExportFingerprint = "b",
            Files = new Dictionary<string, string> { ["model.onnx"] = "c", ["vocab.txt"] = "d" },
        };

        var json = CoreJson.Write(manifest);

        Assert.Equal(json, CoreJson.Write(CoreJson.ReadManifest(json)));
        Assert.Equal("<mask>", CoreJson.ReadManifest(json).Tokenizer.MaskToken);
        Assert.Equal("[CLS] $A $B", CoreJson.ReadManifest(json).Tokenizer.PairTemplate);
        Assert.Equal("Albert", CoreJson.ReadManifest(json).Tokenizer.Family);
        Assert.Null(CoreJson.ReadManifest(json).Tokenizer.SingleTemplate);
        Assert.Equal(Quantization.Int8, CoreJson.ReadManifest(json).Quantization);
    }

    [Fact]
    public void Metrics_are_read_as_they_were_written()
    {
        var document = Metrics(0.1 + 0.2);

        var json = CoreJson.Write(document, indented: true);

        Assert.Equal(json, CoreJson.Write(CoreJson.ReadMetrics(json), indented: true));
        Assert.Equal(0.1 + 0.2, CoreJson.ReadMetrics(json).Metrics["loss"]);
        Assert.Null(CoreJson.ReadMetrics(json).Quantization);
    }

    [Fact]
    public void What_quantization_changed_is_read_as_it_was_written()
    {
        var document = Metrics(0.5) with { Quantization = new QuantizationEffect(Quantization.Int8, 0.25, new Dictionary<string, double> { ["accuracy"] = 0.75, ["size.mb"] = 14.5 }) };

        var json = CoreJson.Write(document, indented: true);

        Assert.Equal(json, CoreJson.Write(CoreJson.ReadMetrics(json), indented: true));
        Assert.Equal((Quantization.Int8, 0.25, 0.75), (CoreJson.ReadMetrics(json).Quantization!.Form, CoreJson.ReadMetrics(json).Quantization!.LargestDifference, CoreJson.ReadMetrics(json).Quantization!.Float32Metrics["accuracy"]));
    }

    [Fact]
    public void A_metric_that_is_not_finite_is_read_as_not_a_number() =>
        Assert.True(double.IsNaN(CoreJson.ReadMetrics(CoreJson.Write(Metrics(double.PositiveInfinity))).Metrics["loss"]));

    [Fact]
    public void A_training_summary_is_read_as_it_was_written()
    {
        var read = CoreJson.ReadTrainingSummary(CoreJson.Write(Summary));

        Assert.Equal(CoreJson.Write(Summary), CoreJson.Write(read));
        Assert.Equal(Summary.Parts, read.Parts);
        Assert.Equal(Summary.Warnings, read.Warnings);
        Assert.Equal(Summary with { Parts = [], History = [], Warnings = [] }, read with { Parts = [], History = [], Warnings = [] });
    }

    [Fact]
    public void Properties_of_a_newer_release_are_passed_over() =>
        Assert.Equal(WorkerEventKind.Completed, CoreJson.ReadEvent("""{"kind":"Completed","news":{"a":[1]}}""").Kind);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"kind":"Dance"}""")]
    [InlineData("""{"kind":3}""")]
    [InlineData("""{"kind":"2"}""")]
    [InlineData("""{"kind":"Progress","fraction":"half"}""")]
    [InlineData("""{"kind":"Labels","labels":[null]}""")]
    public void What_is_not_such_a_document_is_refused_with_a_code(string json) =>
        Assert.Equal("FT6005", Assert.Throws<FineTuneException>(() => CoreJson.ReadEvent(json)).Code);

    private static MetricsDocument Metrics(double loss) => new()
    {
        Task = "TextClassification",
        EvaluatedOn = "test",
        Rows = 5,
        Metrics = new Dictionary<string, double> { ["accuracy"] = 0.8, ["loss"] = loss },
        Intervals = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [0.4, 0.9] },
        Baseline = new Dictionary<string, IReadOnlyDictionary<string, double>>
        {
            ["majority"] = new Dictionary<string, double> { ["accuracy"] = 0.6, ["mcc"] = 0 },
            ["tfidf"] = new Dictionary<string, double> { ["accuracy"] = 0.7, ["mcc"] = 0.25 },
        },
        ConfusionMatrix = [[2, 1], [0, 2]],
        Labels = ["no", "yes"],
        Training = Summary,
        Fingerprint = new FingerprintPair("a", "b"),
    };
}
