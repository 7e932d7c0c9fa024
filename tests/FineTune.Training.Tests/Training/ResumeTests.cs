using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Training;

/// <summary>A training that was interrupted and goes on ends with the bytes of one that was not.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-resume-").FullName;

    private static readonly TrainingPlan Plan = new() { Name = "triage", LearningRate = 2e-3, Epochs = 2, BatchSize = 8, Seed = 5 };

    public static TheoryData<string, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, int>();
            foreach (var name in Plans.Keys)
            {
                foreach (var step in new[] { 1, 7, 13, 19, 24 })
                {
                    cuts.Add(name, step);
                }
            }

            return cuts;
        }
    }

    private static Dictionary<string, TrainingPlan> Plans { get; } = new()
    {
        ["full"] = Plan with { EvaluateEvery = new TrainingInterval(6, IntervalUnit.Step) },
        ["accumulation and early stopping"] = Plan with { BatchSize = 3, GradientAccumulation = 3, EarlyStopping = 4, MinimumImprovement = 0.01, EvaluateEvery = new TrainingInterval(0.25, IntervalUnit.Epoch) },
        ["unfreezing"] = Plan with { Strategy = Strategy.Frozen, TrainableLayers = 0, TrainableEmbeddings = true, UnfreezeEvery = new TrainingInterval(6, IntervalUnit.Step) },
        ["masked language"] = Plan with { Task = FineTuneTask.MaskedLanguageModeling, BestMetric = "loss", BatchSize = 4, GradientAccumulation = 2 },
        ["layerwise, balanced and smoothed"] = Plan with { Strategy = Strategy.LayerwiseDecay, LayerDecay = 0.8, ClassWeights = ClassWeights.Balanced, LabelSmoothing = 0.1, Scheduler = Scheduler.Cosine },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_cancelled_training_goes_on_as_if_nothing_had_happened(string name, int step)
    {
        var plan = Plans[name];
        var whole = TinyBertTraining.Run(plan);

        var reports = new List<Diagnostic>();
        var resumed = Interrupted(plan, step) ?? TinyBertTraining.Run(plan, checkpoints: folder, report: reports.Add);

        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(resumed));
        Assert.Equal(whole.ValidationOutputs, resumed.ValidationOutputs);
        Assert.Equal((whole.Summary.Steps, whole.Summary.BestEpoch), (resumed.Summary.Steps, resumed.Summary.BestEpoch));
        Assert.Equal(whole.Summary.History.Select(point => (point.Step, point.TrainingLoss, point.Metrics["loss"])), resumed.Summary.History.Select(point => (point.Step, point.TrainingLoss, point.Metrics["loss"])));
        Assert.Contains(reports, diagnostic => diagnostic.Code == "FT4019" && diagnostic.Message.Contains($"at step {step} of", StringComparison.Ordinal));
    }

    [Fact]
    public void A_training_that_is_interrupted_again_and_again_ends_all_the_same()
    {
        var plan = Plans["full"];
        var whole = TinyBertTraining.Run(plan);

        for (var step = 5; step < 50; step += 5)
        {
            Assert.Null(Interrupted(plan, step));
        }

        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(TinyBertTraining.Run(plan, checkpoints: folder)));
    }

    [Fact]
    public void An_interruption_within_an_evaluation_repeats_the_evaluation()
    {
        var plan = Plan with { EvaluationBatchSize = 4 };
        var whole = TinyBertTraining.Run(plan);
        using var cancellation = new CancellationTokenSource();

        // The step that ends the epoch was done, and its evaluation is cancelled at once.
        Assert.Throws<OperationCanceledException>(() => TinyBertTraining.Run(plan, checkpoints: folder, cancellation: cancellation.Token, onlookers: new AtStep(25, cancellation.Cancel, beforeEvaluation: true)));
        var resumed = TinyBertTraining.Run(plan, checkpoints: folder);

        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(resumed));
        Assert.Equal([25, 50], resumed.Summary.History.Select(point => point.Step));
    }

    [Fact]
    public void A_damaged_checkpoint_gives_way_to_the_one_before()
    {
        var plan = Plan with { CheckpointEvery = new TrainingInterval(5, IntervalUnit.Step) };
        var whole = TinyBertTraining.Run(plan);
        Interrupted(plan, 20);
        var newest = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(newest);
        bytes[^100] ^= 1;
        File.WriteAllBytes(newest, bytes);

        var reports = new List<Diagnostic>();
        var resumed = TinyBertTraining.Run(plan, checkpoints: folder, report: reports.Add);

        Assert.Equal(["FT4018", "FT4019"], reports.Select(diagnostic => diagnostic.Code).Where(code => code is "FT4018" or "FT4019"));
        Assert.Contains(reports, diagnostic => diagnostic.Message.Contains("at step 15 of 50", StringComparison.Ordinal));
        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(resumed));
    }

    [Fact]
    public void A_checkpoint_that_was_cut_while_it_was_written_is_not_found()
    {
        var plan = Plan with { CheckpointEvery = new TrainingInterval(5, IntervalUnit.Step) };
        var whole = TinyBertTraining.Run(plan);
        Interrupted(plan, 20);
        var newest = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Last();
        File.Move(newest, $"{newest}.abcd.tmp");
        File.WriteAllBytes($"{newest}.abcd.tmp", File.ReadAllBytes($"{newest}.abcd.tmp")[..1000]);

        var resumed = TinyBertTraining.Run(plan, checkpoints: folder);

        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(resumed));
        Assert.DoesNotContain(Directory.GetFiles(folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_two_checkpoints_are_kept()
    {
        TinyBertTraining.Run(Plan with { CheckpointEvery = new TrainingInterval(10, IntervalUnit.Step) }, checkpoints: folder);

        Assert.Equal(["step-000000040.safetensors", "step-000000050.safetensors"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_reported_once_and_training_goes_on()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        var reports = new List<Diagnostic>();

        var trained = TinyBertTraining.Run(Plan with { CheckpointEvery = new TrainingInterval(10, IntervalUnit.Step) }, checkpoints: Path.Combine(file, "below"), report: reports.Add);

        Assert.Equal(50, trained.Summary.Steps);
        Assert.Single(reports, diagnostic => diagnostic.Code == "FT4020");
    }

    /// <summary>Cancels after a step; the trained model, if it was over before.</summary>
    private TrainedModel? Interrupted(TrainingPlan plan, int step)
    {
        using var cancellation = new CancellationTokenSource();
        try
        {
            return TinyBertTraining.Run(plan, checkpoints: folder, cancellation: cancellation.Token, onlookers: new AtStep(step, cancellation.Cancel));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private sealed class AtStep(int step, Action action, bool beforeEvaluation = false) : ITrainingObserver
    {
        public void OnStep(TrainingStep done) => Act(done.Number, beforeEvaluation);

        public void OnSettled(int steps) => Act(steps, !beforeEvaluation);

        private void Act(int steps, bool now)
        {
            if (now && steps == step)
            {
                action();
            }
        }
    }
}
