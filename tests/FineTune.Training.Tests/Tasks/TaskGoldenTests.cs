using System.Text.Json;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Tasks;
using FineTune.Training.Tasks.MaskedLanguageModeling;
using FineTune.Training.Tasks.MultiLabelClassification;
using FineTune.Training.Tasks.TextRegression;
using FineTune.Training.Tasks.TokenClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Tasks;

/// <summary>Each task learns as transformers does: the losses of Models/TestData/TinyBert/tasks.py, dropout 0.</summary>
public sealed class TaskGoldenTests
{
    private const int BatchSize = 8;

    [Fact]
    public void Multi_label_losses_follow_the_reference()
        => AssertFollows("multiLabel", HeadKind.Sequence, 3, (ids, targets, row) => new EncodedLabels(ids, [.. Places(targets, target => target.GetDouble() == 1)], row), model => new MultiLabelObjective(model, CPU, dropout: null));

    [Fact]
    public void Regression_losses_follow_the_reference()
        => AssertFollows("regression", HeadKind.Sequence, 1, (ids, targets, row) => new EncodedScore(ids, targets[0].GetSingle(), row), model => new RegressionObjective(model, CPU, dropout: null));

    [Fact]
    public void Token_losses_follow_the_reference()
        => AssertFollows(
            "tokens",
            HeadKind.Token,
            3,
            (ids, targets, row) => new EncodedTokens(ids, [.. Places(targets, IsWanted)], [.. targets.EnumerateArray().Where(IsWanted).Select(target => target.GetInt32())], row),
            model => new TokenObjective(model, CPU, dropout: null));

    [Fact]
    public void Masked_language_losses_follow_the_reference()
        => AssertFollows(
            "maskedLanguage",
            HeadKind.MaskedLanguage,
            TinyBertFolder.Architecture.Config.VocabularySize,
            (ids, targets, row) => new EncodedMaskedText(ids, [.. Places(targets, IsWanted)], [.. targets.EnumerateArray().Where(IsWanted).Select(target => target.GetInt32())], Source: null!, row),
            model => new MaskedLanguageObjective(model, CPU, dropout: null, masks: null));

    private static bool IsWanted(JsonElement target) => target.GetInt32() >= 0;

    private static IEnumerable<int> Places(JsonElement targets, Func<JsonElement, bool> isWanted) => targets.EnumerateArray().Select((target, place) => (target, place)).Where(pair => isWanted(pair.target)).Select(pair => pair.place);

    private static void AssertFollows<TRow>(string name, HeadKind head, int outputs, Func<int[], JsonElement, int, TRow> read, Func<TransformerModel, TaskObjective<TRow>> create)
        where TRow : EncodedRow
    {
        using var json = TinyBertFolder.Json("tasks.json");
        var golden = json.RootElement.GetProperty(name);
        TRow[] rows = [.. golden.GetProperty("rows").EnumerateArray().Select((row, index) => read([.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())], row.GetProperty("targets"), index))];
        double[] losses = [.. golden.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        var definitions = TinyBertFolder.Architecture.Parameters(head, outputs);
        using var parameters = TinyBertFolder.Parameters(definitions);
        using var objective = create(new TransformerModel(TinyBertFolder.Architecture, head, parameters));
        using var optimizer = new AdamW(parameters);
        var settings = new TrainerSettings(5e-4, LearningRateSchedule.Create(FineTune.Core.Specification.Scheduler.Linear, 0, losses.Length), 1);
        var batches = Enumerable.Range(0, losses.Length).Select(step => (IReadOnlyList<IReadOnlyList<TRow>>)[Enumerable.Range(step * BatchSize, BatchSize).Select(place => rows[place % rows.Length]).ToArray()]);

        var steps = Trainer.Run(optimizer, objective, batches, settings).ToList();

        Assert.All(steps.Zip(losses), step => Assert.Equal(step.Second, step.First.Loss, 1e-5 * Math.Max(1, step.Second)));
    }
}
