using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Tasks;
using FineTune.Training.Tests.Pipeline;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Tasks;

/// <summary>Each task learns from kept hidden states what it learns from tokens.</summary>
public sealed class FrozenTaskTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly string folder = Directory.CreateTempSubdirectory("finetune-frozen-tasks-").FullName;

    public FrozenTaskTests() => TinyBaseModel.Write(Path.Combine(folder, "base"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Texts_with_a_label() => AssertSame(FineTuneTask.TextClassification, Table("label", row => row % 2 == 0 ? "good" : "bad"));

    [Fact]
    public void Texts_with_altered_copies()
        => AssertSame(FineTuneTask.TextClassification, Table("label", row => row % 2 == 0 ? "good" : "bad"), plan => plan with { Augment = "swap:0.3,delete:0.2", AugmentCopies = 2 });

    [Fact]
    public void Pairs_of_texts()
        => AssertSame(
            FineTuneTask.TextClassification,
            ["first\tsecond\tlabel", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{Text(row / 2)}\t{(row % 2 == row / 2 % 2 ? "same" : "other")}")],
            plan => plan with { TextColumn = "first", TextPairColumn = "second" });

    [Fact]
    public void Texts_with_any_number_of_labels() => AssertSame(FineTuneTask.MultiLabelClassification, Table("labels", row => row % 4 == 0 ? "good;short" : row % 2 == 0 ? "good" : ""));

    [Fact]
    public void Texts_with_a_number() => AssertSame(FineTuneTask.TextRegression, Table("score", row => $"{row % 7}"));

    [Fact]
    public void Windows_of_long_texts_with_tags()
        => AssertSame(
            FineTuneTask.TokenClassification,
            [.. Enumerable.Range(0, 40).SelectMany(row => Enumerable.Range(0, 3 + (row % 20)).SelectMany(word => new[] { $"{(word % 3 == 0 ? "the" : word % 2 == 0 ? "phone" : "screen")}\tO", $"{(row % 3 == 0 ? "good" : "late")}\tB-MOOD" }).Append(""))],
            plan => plan with { MaxLength = 12 },
            ".conll");

    [Fact]
    public void Hidden_words_whose_training_rows_are_never_the_same()
    {
        var computing = AssertSame(FineTuneTask.MaskedLanguageModeling, ["text", .. Enumerable.Range(0, 48).Select(Text)]);

        Assert.EndsWith(" of 12 texts", computing, StringComparison.Ordinal);
    }

    private static string Text(int row) => $"the {(row % 3 == 0 ? "phone" : "parcel")} {row} is {(row % 2 == 0 ? "fine" : "broken")} {string.Join(' ', Enumerable.Repeat("good", row % 5))}";

    private static string[] Table(string column, Func<int, string> valueOf) => [$"text\t{column}", .. Enumerable.Range(0, 48).Select(row => $"{Text(row)}\t{valueOf(row)}")];

    private string AssertSame(FineTuneTask task, string[] lines, Func<TrainingPlan, TrainingPlan>? change = null, string extension = ".tsv")
    {
        var file = Path.Combine(folder, "train" + extension);
        File.WriteAllLines(file, lines);
        var plan = new TrainingPlan { Name = "Task", Task = task, Strategy = Strategy.Frozen, TrainData = [new DataFile("train" + extension, file)], Epochs = 2, BatchSize = 8, LearningRate = 1e-3, ValidationSplit = 0.25, Device = "Cpu" };
        plan = change?.Invoke(plan) ?? plan;
        using var store = new ModelStore(Path.Combine(folder, "store"));
        var messages = new List<string>();

        var expected = Train(plan, hiddenStates: null, messages);
        var actual = Train(plan, new HiddenStatesStore(store, HiddenStatesStore.DefaultMaxBytes), messages);

        var computing = Assert.Single(messages, message => message.StartsWith($"{HiddenStatesCache.Computing}, once for all epochs: 0 of", StringComparison.Ordinal));
        Assert.Equal(expected.ValidationOutputs.Count, actual.ValidationOutputs.Count);
        Assert.All(expected.ValidationOutputs.Zip(actual.ValidationOutputs), row => Assert.All(row.First.Zip(row.Second), output => Assert.Equal(output.First, output.Second, Tolerance)));
        Assert.All(
            expected.Summary.History.Zip(actual.Summary.History),
            point => Assert.Equal(point.First.TrainingLoss, point.Second.TrainingLoss, Tolerance * point.First.TrainingLoss));
        return computing;
    }

    private TrainedModel Train(TrainingPlan plan, HiddenStatesStore? hiddenStates, List<string> messages)
    {
        var baseModel = Path.Combine(folder, "base");
        return TrainingTasks.Read(plan, _ => { }).Train(new TrainingContext
        {
            Plan = plan,
            BaseModelDirectory = baseModel,
            Tokenizer = TextTokenizer.FromHuggingFaceFolder(baseModel, out _),
            Checkpoints = new CheckpointFolder(Path.Combine(folder, "checkpoints")),
            Progress = progress => messages.Add(progress.Message),
            Report = diagnostic => Assert.NotEqual(DiagnosticSeverity.Error, diagnostic.Severity),
            HiddenStates = hiddenStates,
            Cancellation = TestContext.Current.CancellationToken,
        });
    }
}
