using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FineTune.Training.Pipeline;

namespace FineTune.Training.Tests.Pipeline;

public sealed class ModelVerificationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-verification-").FullName;

    public ModelVerificationTests()
    {
        TinyBaseModel.Write(Path.Combine(_folder, "base"));
        TinyBaseModel.WriteRows(Path.Combine(_folder, "train.tsv"), 40);
    }

    private string MetricsFile => Path.Combine(_folder, "verified.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_stored_model_is_measured_again_and_measures_the_same()
    {
        var recorded = Train();

        Run(WorkerCommand.Verify).Dispose();

        var measured = CoreJson.ReadMetrics(File.ReadAllText(MetricsFile));
        Assert.Equal(recorded.Metrics.Keys.Order(), measured.Metrics.Keys.Order());
        Assert.All(recorded.Metrics, metric => Assert.Equal(metric.Value, measured.Metrics[metric.Key], 1e-6));
        Assert.Equal(recorded.Training.Seconds, measured.Training.Seconds);
    }

    [Fact]
    public void A_model_that_came_without_its_training_can_be_verified_too()
    {
        Train();
        Directory.Delete(Path.Combine(_folder, "store", "v1", "training"), recursive: true);

        Run(WorkerCommand.Verify).Dispose();

        Assert.True(File.Exists(MetricsFile));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_quantized_model_can_be_verified_with_its_training_and_without(bool hasTraining)
    {
        var recorded = Train(Quantization.Int8);
        if (!hasTraining)
        {
            Directory.Delete(Path.Combine(_folder, "store", "v1", "training"), recursive: true);
        }

        Run(WorkerCommand.Verify, Quantization.Int8).Dispose();

        var measured = CoreJson.ReadMetrics(File.ReadAllText(MetricsFile));
        Assert.Equal(recorded.Metrics, measured.Metrics);
        Assert.Equal(recorded.Quantization!.LargestDifference, measured.Quantization!.LargestDifference);
    }

    [Fact]
    public void What_a_killed_verification_of_a_quantized_model_left_behind_is_in_nobodys_way_and_goes()
    {
        Train(Quantization.Int8);
        var floats = Directory.CreateDirectory(MetricsFile + ".float32").FullName;
        File.WriteAllText(Path.Combine(floats, "model.onnx"), "half a model");

        Run(WorkerCommand.Verify, Quantization.Int8).Dispose();

        Assert.False(Directory.Exists(floats));
    }

    [Fact]
    public void A_model_that_is_nowhere_is_an_error_that_says_why_it_would_be_trained()
    {
        var exception = Assert.Throws<FineTuneException>(() => Run(WorkerCommand.Verify));

        Assert.Equal("FT6101", exception.Code);
        Assert.Contains("FineTuneMode=Verify forbids to train it. Because. Build once", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_under_the_fingerprint_of_another_one_is_refused()
    {
        Train();
        using var store = new ModelStore(Path.Combine(_folder, "store"));
        var model = Directory.GetDirectories(Path.Combine(_folder, "store", "v1", "models"))[0];

        var exception = Assert.Throws<FineTuneException>(() => ModelVerification.RequireFingerprint(Path.Combine(model, "model.ftmodel"), new FingerprintPair(new string('a', 64), new string('b', 64)), "Tiny"));

        Assert.Equal("FT6106", exception.Code);
    }

    [Theory]
    [InlineData(0.9, 0.9005, true)]
    [InlineData(0.9, 0.914, true)]
    [InlineData(0.9, 0.93, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(0.9, double.NaN, false)]
    public void Metrics_may_differ_by_one_row_and_no_more(double recorded, double measured, bool isSame)
    {
        var document = Train();

        var exception = Record.Exception(() => ModelVerification.RequireSame(With(recorded), With(measured), "Tiny"));

        Assert.Equal(isSame, exception is null);
        Assert.True(isSame || ((FineTuneException)exception!).Code == "FT6107");

        MetricsDocument With(double value) => document with { Rows = 100, Metrics = new Dictionary<string, double> { ["accuracy"] = value } };
    }

    private MetricsDocument Train(Quantization quantization = Quantization.None)
    {
        using var trained = Run(WorkerCommand.Train, quantization);
        return CoreJson.ReadMetrics(File.ReadAllText(trained.Model.PathOf("metrics.json")));
    }

    private PipelineResult Run(WorkerCommand command, Quantization quantization = Quantization.None) => ModelPipeline.Run(
        new WorkerRequest
        {
            Command = command,
            Plan = new TrainingPlan { Name = "Tiny", BaseModel = Path.Combine(_folder, "base"), TrainData = [new DataFile("train.tsv", Path.Combine(_folder, "train.tsv"))], ValidationSplit = 0.25, Epochs = 1, BatchSize = 8, LearningRate = 1e-3, Quantize = quantization },
            StoreDirectory = Path.Combine(_folder, "store"),
            BaseModelDirectory = Path.Combine(_folder, "base"),
            MetricsFile = MetricsFile,
            Explanation = "Because. ",
        },
        _ => { },
        TestContext.Current.CancellationToken);
}
