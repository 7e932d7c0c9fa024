using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Training;

/// <summary>What frozen layers compute is computed once, for all epochs and for later trainings, and changes nothing.</summary>
public sealed class HiddenStatesCacheTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private static readonly TrainingPlan Plan = new() { Name = "triage", Strategy = Strategy.Frozen, LearningRate = 2e-3, Epochs = 2, BatchSize = 8, Seed = 5, EvaluateEvery = new TrainingInterval(10, IntervalUnit.Step) };

    private readonly string root = Directory.CreateTempSubdirectory("finetune-hidden-states-").FullName;
    private readonly List<string> messages = [];
    private readonly List<Diagnostic> reports = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    // A slow machine says more of each.
    private IEnumerable<string> Computations => messages.Where(message => message.StartsWith(HiddenStatesCache.Computing, StringComparison.Ordinal) && message.Contains(": 0 of ", StringComparison.Ordinal));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Losses_and_weights_are_those_of_a_training_that_computes_the_frozen_layers_each_time(int trainableLayers)
    {
        var plan = Plan with { TrainableLayers = trainableLayers };

        var expected = Record(plan, hiddenStates: null, out var expectedLosses);
        var actual = Record(plan, InStore(), out var losses);

        Assert.Single(Computations);
        Assert.Equal(50, losses.Count);
        Assert.All(losses.Zip(expectedLosses), loss => Assert.Equal(loss.Second, loss.First, Tolerance * loss.Second));
        Assert.All(actual.Summary.History.Zip(expected.Summary.History), point => Assert.Equal(point.Second.Metrics["loss"], point.First.Metrics["loss"], Tolerance * point.Second.Metrics["loss"]));

        // Softmax takes no notice of what the keys have in common: the gradient of their bias is rounding alone, which AdamW scales up.
        foreach (var (weight, other) in expected.Weights.Zip(actual.Weights).Where(weight => !weight.First.Info.Name.EndsWith("key.bias", StringComparison.Ordinal)))
        {
            var largest = Math.Max(1e-2, weight.Values.Span.ToArray().Max(Math.Abs));
            Assert.All(weight.Values.Span.ToArray().Zip(other.Values.Span.ToArray()), value => Assert.Equal(value.First, value.Second, Tolerance * largest));
        }
    }

    [Fact]
    public void Found_hidden_states_give_the_bytes_of_computed_ones()
    {
        var first = Run(Plan, InStore());
        var second = Run(Plan, InStore());

        Assert.Single(Computations);
        Assert.Equal(TinyBertTraining.Bytes(first), TinyBertTraining.Bytes(second));
    }

    [Fact]
    public void Another_rate_other_epochs_another_seed_and_another_split_compute_nothing_again()
    {
        Run(Plan, InStore());
        var data = TinyBertTraining.Data();

        Run(Plan with { LearningRate = 1e-3, Scheduler = Scheduler.Cosine }, InStore());
        Run(Plan with { Epochs = 1, BatchSize = 4, EvaluationBatchSize = 7 }, InStore());
        Run(Plan with { Seed = 6, Dropout = 0.3 }, InStore());
        TinyBertTraining.Run(Plan, data with { Train = [.. data.Validation, .. data.Train.Skip(40)], Validation = [.. data.Train.Take(40)] }, progress: progress => messages.Add(progress.Message), hiddenStates: InStore());

        Assert.Single(Computations);
        Assert.Equal([StoredFolder.HiddenStates], Entries().Select(folder => folder.Kind));
    }

    [Fact]
    public void Other_layers_other_rows_and_another_length_are_computed()
    {
        var data = TinyBertTraining.Data();
        Run(Plan, InStore());

        Run(Plan with { TrainableLayers = 2 }, InStore());
        Run(Plan with { MaxLength = 6 }, InStore());
        TinyBertTraining.Run(Plan, data with { Train = [.. data.Train.Skip(1)] }, progress: progress => messages.Add(progress.Message), hiddenStates: InStore());

        Assert.Equal(4, Computations.Count());
        Assert.Equal(4, Entries().Count);
    }

    [Fact]
    public void Layers_that_start_anew_are_part_of_what_is_kept()
    {
        var plan = Plan with { ReinitializeLayers = 2 };
        Run(plan, InStore());
        Run(plan with { Seed = 6 }, InStore());
        Run(plan with { Seed = 5, LearningRate = 1e-3 }, InStore());

        // The upper of the two new layers is trained, the lower one frozen with the random weights of its seed.
        Assert.Equal(2, Computations.Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_will_be_trained_later_is_not_kept(bool embeddings)
    {
        Run(Plan with { TrainableEmbeddings = embeddings, UnfreezeEvery = new TrainingInterval(6, IntervalUnit.Step) }, InStore());
        Run(Plan with { Strategy = Strategy.Full }, InStore());

        Assert.Empty(Computations);
        Assert.Empty(Entries());
    }

    [Fact]
    public void A_training_that_does_not_see_every_row_computes_what_it_needs()
    {
        Run(Plan with { MaxSteps = 24 }, InStore());
        Assert.Empty(Computations);

        Run(Plan with { MaxSteps = 25 }, InStore());
        Assert.Single(Computations);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(24)]
    public void An_interrupted_training_ends_with_the_bytes_of_one_that_was_not(int step)
    {
        var whole = Run(Plan, InStore());
        var checkpoints = Path.Combine(root, "checkpoints");
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => TinyBertTraining.Run(Plan, checkpoints: checkpoints, cancellation: cancellation.Token, hiddenStates: InStore(), onlookers: new CancelAt(step, cancellation)));
        var resumed = TinyBertTraining.Run(Plan, checkpoints: checkpoints, hiddenStates: InStore(), report: reports.Add);

        Assert.Contains(reports, diagnostic => diagnostic.Code == "FT4019");
        Assert.Equal(TinyBertTraining.Bytes(whole), TinyBertTraining.Bytes(resumed));
    }

    [Fact]
    public void A_run_that_is_cancelled_while_it_computes_leaves_nothing_behind()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => TinyBertTraining.Run(Plan, hiddenStates: InStore(), cancellation: cancellation.Token, progress: _ => cancellation.Cancel()));

        Assert.Empty(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_hidden_states_are_computed_again(bool isCut)
    {
        var first = Run(Plan, InStore());
        var file = Path.Combine(Assert.Single(Entries()).Directory, "hidden-states.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, isCut ? bytes[..^1000] : bytes);

        var second = Run(Plan, InStore());
        var third = Run(Plan, InStore());

        Assert.Equal(2, Computations.Count());
        Assert.Equal(["FT6004"], reports.Select(diagnostic => diagnostic.Code));
        Assert.Equal(TinyBertTraining.Bytes(first), TinyBertTraining.Bytes(second));
        Assert.Equal(TinyBertTraining.Bytes(first), TinyBertTraining.Bytes(third));
    }

    [Fact]
    public async Task Two_trainings_that_compute_the_same_at_once_both_end_well()
    {
        using var both = new Barrier(2);
        Task<TrainedModel> Start(double rate) => Task.Run(() =>
        {
            using var store = new ModelStore(root);
            return TinyBertTraining.Run(Plan with { LearningRate = rate }, progress: WaitForTheOther, hiddenStates: new HiddenStatesStore(store, HiddenStatesStore.DefaultMaxBytes));
        });

        var trained = await Task.WhenAll(Start(2e-3), Start(1e-3));

        Assert.Single(Entries());
        Assert.Equal(TinyBertTraining.Bytes(Run(Plan, InStore())), TinyBertTraining.Bytes(trained[0]));
        Assert.Empty(Computations);

        void WaitForTheOther(TrainingProgress progress)
        {
            if (progress.Message.StartsWith(HiddenStatesCache.Computing, StringComparison.Ordinal))
            {
                both.SignalAndWait(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public void Hidden_states_above_the_limit_are_computed_each_time_and_that_is_said()
    {
        var store = InStore() with { MaxBytes = 10_000 };

        var trained = Run(Plan, store);

        var message = Assert.Single(reports, diagnostic => diagnostic.Code == "FT4030");
        Assert.Equal(DiagnosticSeverity.Information, message.Severity);
        Assert.Matches(@"^What the 2 frozen layers make of \d+ texts takes 0\.\d+ GB, and 0\.0 GB is the limit, so .* FINETUNE_HIDDEN_STATES_GB ", message.Message);
        Assert.Equal(50, trained.Summary.Steps);
        Assert.Empty(Entries());
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_reported_and_the_training_goes_on()
    {
        var file = Path.Combine(root, "file");
        File.WriteAllText(file, "");
        using var store = new ModelStore(Path.Combine(file, "store"));

        var trained = Run(Plan, new HiddenStatesStore(store, HiddenStatesStore.DefaultMaxBytes));

        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(reports, diagnostic => diagnostic.Code == "FT4031").Severity);
        Assert.Equal(50, trained.Summary.Steps);
    }

    [Fact]
    public void All_hidden_states_together_stay_below_the_limit_and_those_used_longest_ago_go_first()
    {
        Run(Plan, InStore());
        var size = Assert.Single(Entries()).Bytes;
        var old = Assert.Single(Entries()).Directory;
        File.SetLastWriteTimeUtc(Path.Combine(old, "entry.json"), DateTime.UtcNow.AddDays(-2));
        Run(Plan with { TrainableLayers = 2 }, InStore());

        // There is room for one of the first two beside the third, which has the first tokens only.
        Run(Plan with { TrainableLayers = 0 }, InStore() with { MaxBytes = (2 * size) - 1 });

        Assert.Equal(3, Computations.Count());
        Assert.Equal(2, Entries().Count);
        Assert.DoesNotContain(Entries(), folder => folder.Directory == old);
    }

    [Fact]
    public void With_products_in_sixteen_bits_training_rows_have_their_own()
    {
        var plan = Plan with { Precision = Precision.BFloat16 };

        var expected = Record(plan, hiddenStates: null, out var expectedLosses);
        var actual = Record(plan, InStore(), out var losses);

        Assert.Equal(2, Computations.Count());
        Assert.Equal(2, Entries().Count);
        Assert.All(losses.Zip(expectedLosses), loss => Assert.Equal(loss.Second, loss.First, 0.02 * loss.Second));
        Assert.Equal(expected.Summary.Steps, actual.Summary.Steps);
    }

    [Theory]
    [InlineData(null, 10_000_000_000)]
    [InlineData(" ", 10_000_000_000)]
    [InlineData("0", 0)]
    [InlineData("0.5", 500_000_000)]
    [InlineData("200", 200_000_000_000)]
    public void The_limit_comes_from_the_environment(string? value, long expected)
    {
        using var store = new ModelStore(root);
        Assert.Equal(expected, HiddenStatesStore.Open(store, name => name == "FINETUNE_HIDDEN_STATES_GB" ? value : null).MaxBytes);
    }

    [Theory]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("10GB")]
    [InlineData("1e300")]
    public void A_limit_that_is_no_number_is_an_error(string value)
    {
        using var store = new ModelStore(root);
        var exception = Assert.Throws<FineTuneException>(() => HiddenStatesStore.Open(store, _ => value));

        Assert.Equal("FT4032", exception.Code);
        Assert.Contains($"'{value}'", exception.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<StoredFolder> Entries() => StoredFolder.All(root);

    private HiddenStatesStore InStore() => new(new ModelStore(root) { Report = reports.Add }, HiddenStatesStore.DefaultMaxBytes);

    /// <summary>One training by a process of its own, as far as the store can tell.</summary>
    private TrainedModel Run(TrainingPlan plan, HiddenStatesStore hiddenStates)
    {
        using (hiddenStates.Store)
        {
            return TinyBertTraining.Run(plan, progress: progress => messages.Add(progress.Message), report: reports.Add, hiddenStates: hiddenStates);
        }
    }

    private TrainedModel Record(TrainingPlan plan, HiddenStatesStore? hiddenStates, out List<double> losses)
    {
        var recorder = new Recorder();
        var trained = TinyBertTraining.Run(plan, progress: progress => messages.Add(progress.Message), hiddenStates: hiddenStates, onlookers: recorder);
        losses = recorder.Losses;
        return trained;
    }

    private sealed class Recorder : ITrainingObserver
    {
        public List<double> Losses { get; } = [];

        public void OnStep(TrainingStep step) => Losses.Add(step.Loss);
    }

    private sealed class CancelAt(int step, CancellationTokenSource cancellation) : ITrainingObserver
    {
        public void OnSettled(int steps)
        {
            if (steps == step)
            {
                cancellation.Cancel();
            }
        }
    }
}
