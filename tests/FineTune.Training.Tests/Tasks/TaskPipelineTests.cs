using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Worker;
using FineTune.Runtime;
using FineTune.Runtime.Packaging;
using FineTune.Training.Pipeline;
using FineTune.Training.Tasks;
using FineTune.Training.Tests.Pipeline;

namespace FineTune.Training.Tests.Tasks;

/// <summary>Each task from its data to the model that an app loads.</summary>
public sealed class TaskPipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-tasks-").FullName;

    public TaskPipelineTests() => TinyBaseModel.Write(Path.Combine(_folder, "base"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_multi_label_model_ships_with_its_thresholds()
    {
        var model = Train(FineTuneTask.MultiLabelClassification, ["text\tlabels", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{(row % 4 == 0 ? "good;short" : row % 2 == 0 ? "good" : row % 3 == 0 ? "" : "bad")}")], out var metrics);

        using var classifier = MultiLabelClassifier.Load(model);
        var predictions = classifier.Predict(["what a fine film", "broken"]);
        Assert.Equal(["bad", "good", "short"], classifier.Labels);
        Assert.Equal(3, classifier.Thresholds.Count);
        Assert.All(predictions, prediction => Assert.Equal(prediction.LabelIndices, Enumerable.Range(0, 3).Where(label => prediction.Scores[label] >= classifier.Thresholds[label])));
        Assert.Contains("f1.micro", metrics.Metrics.Keys);
        Assert.Contains("gain.f1.micro", metrics.Metrics.Keys);
        Assert.Equal(["majority", "tfidf"], metrics.Baseline.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_regression_answers_in_the_unit_of_its_data()
    {
        var model = Train(FineTuneTask.TextRegression, ["text\tprice", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{(5000 + (row % 7 * 100)).ToString(CultureInfo.InvariantCulture)}")], out var metrics);

        using var regressor = TextRegressor.Load(model);
        Assert.InRange(regressor.Predict("a film").Value, 4000, 7000);
        Assert.InRange(metrics.Metrics["rmse"], 1, 1000);
        Assert.Equal(["mean", "tfidf"], metrics.Baseline.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("FT6065", Assert.Throws<FineTuneException>(() => TextClassifier.Load(model)).Code);
    }

    [Fact]
    public void A_pair_is_read_as_one_input_and_nothing_else_is_taken_for_one()
    {
        var model = Train(FineTuneTask.TextClassification, ["first\tsecond\tlabel", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{Text(row / 2)}\t{(row % 2 == row / 2 % 2 ? "same" : "other")}")], out var metrics, plan => plan with { TextColumn = "first", TextPairColumn = "second" });

        using var classifier = TextClassifier.Load(model);
        var (forward, backward) = (classifier.Predict("a fine film", "a broken one"), classifier.Predict("a broken one", "a fine film"));
        Assert.Equal(("a fine film", "a broken one"), (forward.Text, forward.SecondText));
        Assert.NotEqual(forward.Logits, backward.Logits);
        Assert.Equal("FT6066", Assert.Throws<FineTuneException>(() => classifier.Predict("a fine film")).Code);
        Assert.Contains("gain.accuracy", metrics.Metrics.Keys);
    }

    [Fact]
    public void A_finished_model_is_measured_on_other_rows()
    {
        var model = Train(FineTuneTask.TextRegression, ["text\tscore", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{row % 3}")], out _);
        var file = Path.Combine(_folder, "other.tsv");
        File.WriteAllLines(file, ["text\tscore", "a film\t1", "another\t2"]);

        var (rows, result) = TrainingTasks.Measure(model, new TrainingPlan { Name = "Other", Task = FineTuneTask.TextRegression, TestData = [new DataFile("other.tsv", file)] }, TestContext.Current.CancellationToken);

        using var regressor = TextRegressor.Load(model);
        Assert.Equal(2, rows);
        Assert.Equal((Math.Abs(regressor.Predict("a film").Value - 1) + Math.Abs(regressor.Predict("another").Value - 2)) / 2, result.Metrics["mae"], 1e-6);
    }

    [Fact]
    public void Entities_are_cut_out_of_the_apps_own_text()
    {
        var model = Train(
            FineTuneTask.TokenClassification,
            [.. Enumerable.Range(0, 60).SelectMany(row => new[] { "the\tO", row % 2 == 0 ? "film\tB-WORK" : "row\tO", row % 3 == 0 ? "fine\tB-MOOD" : "is\tO", "broken\tI-MOOD", string.Empty })],
            out var metrics,
            plan => plan with { MaxLength = 12, Epochs = 8, LearningRate = 5e-3 },
            ".conll");

        using var classifier = TokenClassifier.Load(model);
        var text = "👩‍🚀 é " + string.Join(' ', Enumerable.Repeat("the film is broken, the row fine broken;", 12));
        var prediction = classifier.Predict(text);
        Assert.NotEmpty(prediction.Entities);
        Assert.All(prediction.Entities, entity => Assert.Equal(text.Substring(entity.Start, entity.Length), entity.Text));
        Assert.Contains(prediction.Entities, entity => entity.Start > text.Length / 2);
        Assert.Equal(["MOOD", "WORK"], classifier.Labels);
        Assert.Contains("f1[WORK]", metrics.Metrics.Keys);
        Assert.Equal(["word"], metrics.Baseline.Keys);
    }

    [Fact]
    public void A_base_model_learns_the_words_of_its_field_and_fills_gaps()
    {
        string[] lines = [.. Enumerable.Range(0, 120).Select(row => $"the {(row % 2 == 0 ? "parcel was late" : "screen is broken")} {(row % 3 == 0 ? "." : "!")}")];
        var validation = Path.Combine(_folder, "validation.txt");
        File.WriteAllLines(validation, ["the parcel was late !", "the screen is broken .", "the parcel was late .", "the screen is broken !"]);
        var model = Train(FineTuneTask.MaskedLanguageModeling, lines, out var metrics, plan => plan with { ValidationData = [new DataFile("validation.txt", validation)], Epochs = 60, LearningRate = 1e-2, Dropout = 0, MaxLength = 12, MaskingRate = 0.3 }, ".txt");

        using var domain = MaskedLanguageModel.Load(model);
        var text = "é 👩‍🚀 " + string.Concat(Enumerable.Repeat("the parcel [MASK] late , ", 4));
        var prediction = domain.Predict(text);
        Assert.Equal("[MASK]", domain.MaskToken);
        Assert.Equal(["was", "is"], domain.Predict(["the parcel [MASK] late .", "the screen [MASK] broken !"]).Select(row => Assert.Single(row.Masks).Candidates[0].Token));
        Assert.Equal(4, prediction.Masks.Count);
        Assert.All(prediction.Masks, mask => Assert.Equal("[MASK]", text.Substring(mask.Start, mask.Length)));
        Assert.All(prediction.Masks, mask => Assert.Equal(mask.Candidates.Select(candidate => candidate.Score).OrderDescending(), mask.Candidates.Select(candidate => candidate.Score)));
        Assert.Equal(1, domain.Predict(["the [MASK] is broken"], 22)[0].Masks[0].Candidates.Sum(candidate => candidate.Score), 1e-6);
        Assert.Empty(domain.Predict("nothing is hidden").Masks);
        Assert.True(metrics.Metrics["gain.perplexity"] > 0);
        Assert.Equal(Math.Exp(metrics.Metrics["loss"]), metrics.Metrics["perplexity"], 1e-9);
        Assert.Equal(["unigram"], metrics.Baseline.Keys);
    }

    [Fact]
    public void A_finished_language_model_is_measured_on_other_rows_as_it_was_on_its_own()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(row => $"the {(row % 3 == 0 ? "parcel" : "screen")} was {(row % 2 == 0 ? "late" : "broken")} {new string('!', row % 4)}")];
        var validation = Path.Combine(_folder, "validation.txt");
        File.WriteAllLines(validation, ["the phone was late", "the service is good ."]);
        var file = new DataFile("validation.txt", validation);
        var model = Train(FineTuneTask.MaskedLanguageModeling, lines, out var metrics, plan => plan with { ValidationData = [file], WholeWordMasking = true }, ".txt");

        var (rows, result) = TrainingTasks.Measure(model, new TrainingPlan { Name = "Other", Task = FineTuneTask.MaskedLanguageModeling, TestData = [file], WholeWordMasking = true }, TestContext.Current.CancellationToken);

        Assert.Equal(2, rows);
        Assert.Equal(metrics.Metrics["loss"], result.Metrics["loss"]);
    }

    [Fact]
    public void A_base_model_that_cannot_hide_tokens_is_refused_with_advice()
    {
        var vocabulary = Path.Combine(_folder, "base", "vocab.txt");
        File.WriteAllText(vocabulary, File.ReadAllText(vocabulary).Replace("[MASK]", "[other]", StringComparison.Ordinal));

        Assert.Equal("FT2053", Assert.Throws<FineTuneException>(() => Train(FineTuneTask.MaskedLanguageModeling, ["the parcel", "the screen", "was late"], out _, extension: ".txt")).Code);
    }

    [Theory]
    [InlineData(FineTuneTask.MultiLabelClassification)]
    [InlineData(FineTuneTask.TextRegression)]
    [InlineData(FineTuneTask.TokenClassification)]
    [InlineData(FineTuneTask.TextClassification)]
    [InlineData(FineTuneTask.MaskedLanguageModeling)]
    public void Every_task_can_be_quantized(FineTuneTask task)
    {
        var lines = task switch
        {
            FineTuneTask.TokenClassification => Enumerable.Range(0, 40).SelectMany(row => new[] { "the\tO", row % 2 == 0 ? "film\tB-WORK" : "row\tO", "broken\tO", string.Empty }),
            FineTuneTask.MaskedLanguageModeling => Enumerable.Range(0, 40).Select(row => $"the {(row % 3 == 0 ? "parcel" : "screen")} was {(row % 2 == 0 ? "late" : "broken")} {new string('!', row % 4)}"),
            FineTuneTask.TextClassification => Enumerable.Range(0, 40).Select(row => $"{Text(row)}\t{Text(row / 2)}\t{row % 2}").Prepend("text\tsecond\tlabel"),
            _ => Enumerable.Range(0, 40).Select(row => $"{Text(row)}\t{row % 2}").Prepend("text\tlabel"),
        };
        var extension = task switch { FineTuneTask.TokenClassification => ".conll", FineTuneTask.MaskedLanguageModeling => ".txt", _ => ".tsv" };
        Train(task, [.. lines], out var floats, Change, extension);

        var model = Train(task, [.. lines], out var metrics, plan => Change(plan) with { Quantize = Quantization.Int8 }, extension);

        var effect = metrics.Quantization!;
        Assert.InRange(effect.LargestDifference, 1e-7, 0.2);
        Assert.All(TaskMetrics.Of(task).Names, name => Assert.Equal(floats.Metrics[name], effect.Float32Metrics[name], 12));
        Assert.Contains($"quantization.{TaskMetrics.Of(task).Best}", metrics.Metrics.Keys);
        using var files = ModelPackage.Open(model);
        Assert.Equal(Quantization.Int8, ModelPackage.ReadManifest(files).Quantization);

        TrainingPlan Change(TrainingPlan plan) => task == FineTuneTask.TextClassification ? plan with { TextColumn = "text", TextPairColumn = "second" } : plan;
    }

    private static string Text(int row) => $"row {row} is {(row % 2 == 0 ? "fine" : "broken")} {new string('x', row % 5)}";

    private string Train(FineTuneTask task, string[] lines, out MetricsDocument metrics, Func<TrainingPlan, TrainingPlan>? change = null, string extension = ".tsv")
    {
        var file = Path.Combine(_folder, "train" + extension);
        File.WriteAllLines(file, lines);
        var plan = new TrainingPlan { Name = "Task", Task = task, TrainData = [new DataFile("train" + extension, file)], Epochs = 1, LearningRate = 1e-3, Device = "Cpu" };
        var request = new WorkerRequest { Command = WorkerCommand.Train, Plan = change?.Invoke(plan) ?? plan, StoreDirectory = Path.Combine(_folder, "store"), BaseModelDirectory = Path.Combine(_folder, "base") };
        using var result = ModelPipeline.Run(request, _ => { }, TestContext.Current.CancellationToken);
        metrics = CoreJson.ReadMetrics(File.ReadAllText(result.Model.PathOf("metrics.json")));
        return result.Model.PathOf("model.ftmodel");
    }
}
