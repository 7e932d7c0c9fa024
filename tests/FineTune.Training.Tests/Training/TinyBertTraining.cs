using System.Runtime.InteropServices;
using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Tasks;
using FineTune.Training.Tasks.MaskedLanguageModeling;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Training;

/// <summary>Trainings of the random BERT on its rows: 200 to learn from, 40 to validate.</summary>
internal static class TinyBertTraining
{
    public static ClassificationData Data()
    {
        var rows = File.ReadLines(Path.Combine(TinyBertFolder.Directory, "rows.jsonl")).Select((line, i) =>
        {
            using var row = JsonDocument.Parse(line);
            return new LabelledText(row.RootElement.GetProperty("text").GetString()!, Array.IndexOf(TinyBertFolder.Labels, row.RootElement.GetProperty("label").GetString()), new SourceLocation("rows.jsonl", i + 1));
        }).ToArray();
        return new ClassificationData { Labels = TinyBertFolder.Labels, Train = rows[..200], Validation = rows[200..], Test = [] };
    }

    public static TrainedModel Run(
        TrainingPlan plan,
        ClassificationData? data = null,
        string? checkpoints = null,
        Action<TrainingProgress>? progress = null,
        Action<Diagnostic>? report = null,
        CancellationToken? cancellation = null,
        HiddenStatesStore? hiddenStates = null,
        params IReadOnlyList<ITrainingObserver> onlookers)
        => TaskOf(plan, data ?? Data()).Train(new TrainingContext
        {
            Plan = plan,
            BaseModelDirectory = TinyBertFolder.Directory,
            Tokenizer = TinyBertFolder.Tokenizer,
            Checkpoints = new CheckpointFolder(checkpoints ?? Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())),
            Progress = progress ?? (_ => { }),
            Report = report ?? (_ => { }),
            Cancellation = cancellation ?? TestContext.Current.CancellationToken,
            HiddenStates = hiddenStates,
            Onlookers = onlookers,
        });

    private static ITrainingTask TaskOf(TrainingPlan plan, ClassificationData data)
    {
        return plan.Task == FineTuneTask.MaskedLanguageModeling
            ? new MaskedLanguageModelingTask(plan, new TaskData<PlainText> { Train = Texts(data.Train), Validation = Texts(data.Validation), Test = [] })
            : new TextClassificationTask(plan, data);

        static PlainText[] Texts(IReadOnlyList<LabelledText> rows) => [.. rows.Select(row => new PlainText(row.Text, row.Origin))];
    }

    public static byte[] Bytes(TrainedModel model)
        => [.. model.Weights.SelectMany(weight => MemoryMarshal.AsBytes(weight.Values.Span).ToArray())];

    public static float[] Weight(TrainedModel model, string name) => model.Weights.Single(weight => weight.Info.Name == name).Values.ToArray();
}
