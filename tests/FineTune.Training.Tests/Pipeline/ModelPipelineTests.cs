using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FineTune.Runtime;
using FineTune.Training.Pipeline;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Pipeline;

public sealed class ModelPipelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-pipeline-").FullName;

    public ModelPipelineTests()
    {
        TinyBaseModel.Write(Path.Combine(_folder, "base"));
        TinyBaseModel.WriteRows(TrainFile, 48);
    }

    private string TrainFile => Path.Combine(_folder, "train.tsv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_ends_with_a_complete_entry_of_the_store()
    {
        var events = new List<WorkerEvent>();

        var result = Run(Request(), events);

        Assert.True(result.Trained);
        Assert.Equal(["manifest.json", "metrics.json", "model.ftmodel", "model.onnx", "vocab.txt"], result.Model.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("huggingface/model.safetensors", result.Training!.Files.Keys);
        Assert.Equal(WorkerEventKind.Completed, events[^1].Kind);
        Assert.Equal(result.Model.Directory, events[^1].EntryDirectory);
        using var model = TextClassifier.Load(result.Model.PathOf("model.ftmodel"));
        Assert.Equal(["complaint", "praise"], model.Labels);
    }

    [Fact]
    public void A_tokenizer_json_ships_in_the_model_and_its_tokens_are_the_same_in_the_app()
    {
        var vocabulary = Path.Combine(_folder, "base", "vocab.txt");
        var ids = string.Join(',', File.ReadLines(vocabulary).Select((token, id) => $"{JsonSerializer.Serialize(token)}:{id}"));
        File.Delete(vocabulary);
        File.WriteAllText(Path.Combine(_folder, "base", "tokenizer.json"), $$"""
            {"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"}]},"pre_tokenizer":{"type":"Whitespace"},
             "model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{ {{ids}} } },
             "post_processor":{"type":"BertProcessing","cls":["[CLS]",2],"sep":["[SEP]",3]} }
            """);

        var result = Run(Request());

        Assert.Contains("tokenizer.json", result.Model.Files.Keys);
        Assert.Contains("huggingface/tokenizer.json", result.Training!.Files.Keys);
        using var model = TextClassifier.Load(result.Model.PathOf("model.ftmodel"));
        Assert.Equal(model.Predict("The phone was great!").Logits, model.Predict("ＴＨＥ  phone was great !").Logits);
        Assert.NotEqual(model.Predict("The phone was great!").Logits, model.Predict("The phone was late!").Logits);
    }

    [Fact]
    public void Progress_never_goes_back()
    {
        var events = new List<WorkerEvent>();

        Run(Request(), events);

        var fractions = events.Where(workerEvent => workerEvent.Fraction is not null).Select(workerEvent => workerEvent.Fraction!.Value).ToList();
        Assert.Equal(fractions.Order(), fractions);
        Assert.Equal(1, fractions[^1]);
    }

    [Fact]
    public void The_metrics_say_what_was_gained_and_what_the_model_weighs()
    {
        var result = Run(Request());

        var metrics = CoreJson.ReadMetrics(File.ReadAllText(result.Model.PathOf("metrics.json")));
        Assert.Equal("validation", metrics.EvaluatedOn);
        Assert.Equal(["majority", "tfidf"], metrics.Baseline.Keys);
        Assert.All(["accuracy", "f1.macro", "f1.micro", "f1.weighted", "mcc"], metric =>
            Assert.Equal(metrics.Metrics[metric] - metrics.Baseline.Values.Max(baseline => baseline[metric]), metrics.Metrics[$"gain.{metric}"], 12));
        Assert.Equal(new FileInfo(result.Model.PathOf("model.ftmodel")).Length / 1e6, metrics.Metrics["size.mb"], 12);
        Assert.Equal(result.Fingerprint, metrics.Fingerprint);
    }

    [Fact]
    public void The_baselines_are_measured_on_the_rows_that_the_model_is_measured_on()
    {
        File.AppendAllLines(TrainFile, Enumerable.Range(0, 30).Select(row => $"The parcel {row} is late\tcomplaint"));
        var test = Path.Combine(_folder, "test.tsv");
        File.WriteAllLines(test, ["text\tlabel", "The phone was great.\tpraise", "The screen was fine.\tpraise", "The phone is late.\tcomplaint"]);
        var events = new List<WorkerEvent>();

        var result = Run(Request(plan => plan with { TestData = [new DataFile("test.tsv", test)] }), events);

        var baseline = CoreJson.ReadMetrics(File.ReadAllText(result.Model.PathOf("metrics.json"))).Baseline;
        Assert.Equal(1.0 / 3, baseline["majority"]["accuracy"], 12);
        Assert.Equal(1, baseline["tfidf"]["accuracy"], 12);
        Assert.Contains(events, workerEvent => workerEvent.Message == "computing baselines");
    }

    [Fact]
    public void A_run_cancelled_before_the_baselines_leaves_no_model()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => ModelPipeline.Run(Request(), workerEvent =>
        {
            if (workerEvent.Message == "computing baselines")
            {
                cancellation.Cancel();
            }
        }, cancellation.Token));

        Assert.Empty(Directory.EnumerateFiles(_folder, "metrics.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_second_run_trains_nothing_and_finds_the_same_entry()
    {
        var first = Run(Request());

        var second = Run(Request());

        Assert.False(second.Trained);
        Assert.Equal(first.Model.Directory, second.Model.Directory);
        Assert.Equal(first.Model.Files, second.Model.Files);
    }

    [Fact]
    public void Another_store_gets_the_same_weights_and_the_same_model()
    {
        var first = Run(Request());

        var second = Run(Request() with { StoreDirectory = Path.Combine(_folder, "other store") });

        Assert.True(second.Trained);
        Assert.Equal(first.Training!.Files["huggingface/model.safetensors"], second.Training!.Files["huggingface/model.safetensors"]);
        Assert.Equal(first.Model.Files["model.ftmodel"], second.Model.Files["model.ftmodel"]);
    }

    [Fact]
    public void Frozen_layers_are_computed_by_the_first_run_and_not_by_one_with_another_rate()
    {
        var (first, second) = (new List<WorkerEvent>(), new List<WorkerEvent>());
        WorkerRequest Frozen(double rate) => Request(plan => plan with { Strategy = Strategy.Frozen, LearningRate = rate, Epochs = 2 });

        using var one = Run(Frozen(1e-3), first);
        using var other = Run(Frozen(2e-3), second);

        Assert.True(one.Trained && other.Trained);
        Assert.Single(first, IsComputing);
        Assert.DoesNotContain(second, IsComputing);
        Assert.NotEqual(one.Training!.Files["huggingface/model.safetensors"], other.Training!.Files["huggingface/model.safetensors"]);
        var kept = Assert.Single(StoredFolder.All(one.Store.Root), folder => folder.Kind == StoredFolder.HiddenStates);
        Assert.Equal(new[] { one.Fingerprint.Training, other.Fingerprint.Training }.Order(), HiddenStatesUses.Of(kept.Directory).Order());

        static bool IsComputing(WorkerEvent workerEvent) => workerEvent.Message?.StartsWith($"{HiddenStatesCache.Computing}, once for all epochs: 0 of", StringComparison.Ordinal) == true;
    }

    [Fact]
    public void A_frozen_training_gives_the_same_model_in_another_store_and_shares_no_hidden_states()
    {
        WorkerRequest Frozen(string store) => WithRemote(store, RemoteCacheMode.ReadWrite) with { Plan = Request(plan => plan with { Strategy = Strategy.Frozen }).Plan };
        using var first = Run(Frozen("one"));
        using var second = Run(Frozen("one") with { StoreDirectory = Path.Combine(_folder, "other"), RemoteCache = null });

        Assert.Equal(first.Model.Files["model.ftmodel"], second.Model.Files["model.ftmodel"]);
        Assert.Equal(new[] { first.Fingerprint.Training, first.Fingerprint.Export }.Order(), Directory.GetFiles(Path.Combine(_folder, "remote", "ac")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Augmented_training_gives_the_same_model_again_and_counts_the_rows_that_were_given()
    {
        var plain = Run(Request());
        var words = Path.Combine(_folder, "words.csv");
        File.WriteAllText(words, "great,fine\nlate,bad,poor\n");
        WorkerRequest Augmented(string store) => Request(plan => plan with { Augment = "synonym:0.3,swap:0.3,typo:0.3", AugmentCopies = 2, Synonyms = [new DataFile("words.csv", words)] }) with
        {
            StoreDirectory = Path.Combine(_folder, store),
        };

        var first = Run(Augmented("store"));
        var second = Run(Augmented("other store"));

        Assert.True(first.Trained && second.Trained);
        Assert.Equal(first.Training!.Files["huggingface/model.safetensors"], second.Training!.Files["huggingface/model.safetensors"]);
        Assert.Equal(first.Model.Files["model.ftmodel"], second.Model.Files["model.ftmodel"]);
        Assert.NotEqual(plain.Training!.Files["huggingface/model.safetensors"], first.Training.Files["huggingface/model.safetensors"]);
        var (before, after) = (Metrics(plain).Training, Metrics(first).Training);
        Assert.Equal(before.Rows, after.Rows);
        Assert.InRange(after.Steps, 2 * before.Steps, 3 * before.Steps);
    }

    [Fact]
    public void Names_and_conditions_do_not_train_again()
    {
        Run(Request());

        var renamed = Run(Request(plan => plan with { Name = "Other", Require = "accuracy >= 0.99", ClassName = "Something" }));

        Assert.False(renamed.Trained);
    }

    [Fact]
    public void New_test_data_is_evaluated_without_training_again()
    {
        var first = Run(Request());
        var test = Path.Combine(_folder, "test.tsv");
        TinyBaseModel.WriteRows(test, 10);

        var second = Run(Request(plan => plan with { TestData = [new DataFile("test.tsv", test)] }));

        Assert.False(second.Trained);
        Assert.Equal(first.Training!.Directory, second.Training!.Directory);
        Assert.NotEqual(first.Model.Directory, second.Model.Directory);
        var metrics = CoreJson.ReadMetrics(File.ReadAllText(second.Model.PathOf("metrics.json")));
        Assert.Equal(("test", 10), (metrics.EvaluatedOn, metrics.Rows));
    }

    [Fact]
    public void Quantizing_does_not_train_again()
    {
        var first = Run(Request());

        var second = Run(Request(plan => plan with { Quantize = Quantization.Int8 }));

        Assert.False(second.Trained);
        Assert.Equal(first.Training!.Directory, second.Training!.Directory);
        Assert.NotEqual(first.Model.Directory, second.Model.Directory);
        Assert.Equal(first.Model.Files.Keys.Order(StringComparer.Ordinal), second.Model.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_quantized_model_is_measured_as_it_ships_and_beside_the_floats()
    {
        var floats = Metrics(Run(Request()));

        var result = Run(Request(plan => plan with { Quantize = Quantization.Int8 }));

        var metrics = Metrics(result);
        var effect = metrics.Quantization!;
        Assert.Equal(Quantization.Int8, effect.Form);
        Assert.InRange(effect.LargestDifference, 1e-6, 0.5);
        Assert.All(TaskMetrics.Of(FineTuneTask.TextClassification).Names.Append("size.mb"), name => Assert.Equal(floats.Metrics[name], effect.Float32Metrics[name], 12));
        Assert.Equal(metrics.Metrics["accuracy"] - floats.Metrics["accuracy"], metrics.Metrics["quantization.accuracy"], 12);
        Assert.Equal(floats.Metrics["loss"] - metrics.Metrics["loss"], metrics.Metrics["quantization.loss"], 12);
        Assert.NotEqual(floats.Metrics["loss"], metrics.Metrics["loss"]);
        Assert.Equal(new FileInfo(result.Model.PathOf("model.ftmodel")).Length / 1e6, metrics.Metrics["size.mb"], 12);
    }

    [Fact]
    public void While_a_quantized_model_is_measured_its_floats_lie_in_the_folder_of_the_unfinished_entry_and_then_nowhere()
    {
        var temporary = Path.Combine(_folder, "store", "v1", "tmp");
        string[] Floats() => Directory.Exists(temporary) ? Directory.GetDirectories(temporary, "float32", SearchOption.AllDirectories) : [];
        var seen = new List<int>();

        using var result = ModelPipeline.Run(Request(plan => plan with { Quantize = Quantization.Int8 }), _ => seen.Add(Floats().Length), TestContext.Current.CancellationToken);

        Assert.Equal(1, seen.Max());
        Assert.Empty(Floats());
        Assert.Empty(Directory.GetDirectories(result.Model.Directory, "float32", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_answer_of_a_quantized_model_does_not_depend_on_the_other_texts()
    {
        var result = Run(Request(plan => plan with { Quantize = Quantization.Int8 }));

        using var model = TextClassifier.Load(result.Model.PathOf("model.ftmodel"));

        string[] texts = ["The phone was great!", "Late", "The parcel is late, and the screen was broken when it came at last."];
        Assert.Equal(texts.Select(text => model.Predict(text).Logits), model.Predict(texts).Select(prediction => prediction.Logits));
    }

    [Fact]
    public void Lost_weights_are_trained_again_for_a_caller_who_needs_them()
    {
        var first = Run(Request());
        Directory.Delete(first.Training!.Directory, recursive: true);

        Assert.Null(ModelPipeline.Run(Request(), _ => { }, TestContext.Current.CancellationToken).Training);
        var again = Run(Request());

        Assert.True(again.Trained);
        Assert.Equal(first.Model.Directory, again.Model.Directory);
        Assert.Equal(first.Training.Files["huggingface/model.safetensors"], again.Training!.Files["huggingface/model.safetensors"]);
    }

    [Fact]
    public void A_cancelled_run_leaves_no_entry()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => ModelPipeline.Run(Request(), CancelInTraining, cancellation.Token));

        Assert.Empty(Directory.EnumerateFiles(_folder, "entry.json", SearchOption.AllDirectories));

        void CancelInTraining(WorkerEvent workerEvent)
        {
            if (workerEvent.Fraction > 0.05)
            {
                cancellation.Cancel();
            }
        }
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_stops_the_run()
    {
        var exception = Assert.Throws<FineTuneException>(() => ModelPipeline.Run(Request(), workerEvent =>
        {
            if (workerEvent.Message == "reading the data")
            {
                File.AppendAllText(TrainFile, "The phone is late\tcomplaint\n");
            }
        }, TestContext.Current.CancellationToken));

        Assert.Equal("FT1095", exception.Code);
        Assert.Empty(Directory.EnumerateFiles(_folder, "entry.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void Inputs_that_changed_since_the_request_was_written_stop_the_run()
    {
        var exception = Assert.Throws<FineTuneException>(() => Run(Request() with { TrainingFingerprint = new string('0', 64) }));

        Assert.Equal("FT1095", exception.Code);
    }

    [Fact]
    public void Of_two_runs_at_once_one_trains_and_the_other_waits_and_uses_the_result()
    {
        var (first, second) = RunTwo(CancellationToken.None);

        Assert.True(first!.Trained);
        Assert.False(second.Result.Trained);
        Assert.Equal(first.Model.Directory, second.Result.Model.Directory);
        var message = Assert.Single(second.Events, workerEvent => workerEvent.Diagnostic?.Code == "FT6007").Diagnostic!.Message;
        Assert.StartsWith($"Waiting for another build (process {Environment.ProcessId}, since ", message, StringComparison.Ordinal);
        Assert.Contains(second.Events, workerEvent => workerEvent.Kind == WorkerEventKind.Progress && workerEvent.Message!.StartsWith("waiting for another build", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_whose_forerunner_ends_without_a_model_trains_by_itself()
    {
        using var cancellation = new CancellationTokenSource();

        var (first, second) = RunTwo(cancellation.Token, cancellation.Cancel);

        Assert.Null(first);
        Assert.True(second.Result.Trained);
    }

    [Fact]
    public void A_run_that_waits_can_be_cancelled()
    {
        using var store = new ModelStore(Path.Combine(_folder, "store"));
        var request = Request();
        var fingerprint = Fingerprint.Compute(request.Plan, request.BaseModelDirectory, new ContentHashIndex(Path.Combine(_folder, "none")));
        using var other = store.LockTraining(fingerprint.Training, _ => { }, TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => ModelPipeline.Run(request with { WeightsToo = true }, workerEvent =>
        {
            if (workerEvent.Diagnostic?.Code == "FT6007")
            {
                cancellation.Cancel();
            }
        }, cancellation.Token));
    }

    [Fact]
    public void A_model_that_was_pruned_is_made_again_from_its_training()
    {
        var first = Run(Request());
        first.Dispose();
        using (var store = new ModelStore(Path.Combine(_folder, "store")))
        {
            Assert.True(store.TryRemove(StoredFolder.All(store.Root).Single(folder => folder.Kind == StoredFolder.Models)));
        }

        using var second = Run(Request());

        Assert.False(second.Trained);
        Assert.Equal(first.Model.Files["model.ftmodel"], second.Model.Files["model.ftmodel"]);
    }

    [Fact]
    public void What_one_machine_trained_another_one_fetches_with_the_same_bytes()
    {
        using var first = Run(WithRemote("one", RemoteCacheMode.ReadWrite));
        var events = new List<WorkerEvent>();

        using var second = Run(WithRemote("two", RemoteCacheMode.Read), events);

        Assert.True(first.Trained);
        Assert.False(second.Trained);
        Assert.Equal(first.Model.Files, second.Model.Files);
        Assert.Equal(first.Training!.Files, second.Training!.Files);
        Assert.Equal(2, events.Count(workerEvent => workerEvent.Diagnostic?.Code == "FT6014"));
        Assert.DoesNotContain(events, workerEvent => workerEvent.Message == "training");
    }

    [Fact]
    public void A_build_fetches_the_model_and_leaves_the_weights()
    {
        Run(WithRemote("one", RemoteCacheMode.ReadWrite)).Dispose();

        using var restored = ModelPipeline.Run(WithRemote("two", RemoteCacheMode.Read) with { Command = WorkerCommand.Restore }, _ => { }, TestContext.Current.CancellationToken);

        Assert.Null(restored.Training);
        Assert.Equal([StoredFolder.Models], StoredFolder.All(Path.Combine(_folder, "two")).Select(folder => folder.Kind));
    }

    [Fact]
    public void A_model_that_is_nowhere_is_not_trained_when_that_is_forbidden()
    {
        var exception = Assert.Throws<FineTuneException>(() => Run(WithRemote("one", RemoteCacheMode.ReadWrite) with { Command = WorkerCommand.Restore }));

        Assert.Equal("FT6101", exception.Code);
        Assert.Empty(StoredFolder.All(Path.Combine(_folder, "one")));
    }

    [Fact]
    public void A_training_from_the_remote_cache_is_only_exported_again()
    {
        Run(WithRemote("one", RemoteCacheMode.ReadWrite)).Dispose();
        var test = Path.Combine(_folder, "test.tsv");
        TinyBaseModel.WriteRows(test, 10);
        var request = WithRemote("two", RemoteCacheMode.ReadWrite);

        using var second = Run(request with { Plan = request.Plan with { TestData = [new DataFile("test.tsv", test)] } });

        Assert.False(second.Trained);
        Assert.True(File.Exists(Path.Combine(_folder, "remote", "ac", second.Fingerprint.Export)));
    }

    [Fact]
    public void A_model_that_is_in_the_store_is_asked_for_nowhere()
    {
        Run(Request()).Dispose();
        var events = new List<WorkerEvent>();

        using var second = Run(Request() with { RemoteCache = new RemoteCacheSettings { Address = "http://127.0.0.1:1/" } }, events);

        Assert.False(second.Trained);
        Assert.DoesNotContain(events, workerEvent => workerEvent.Diagnostic is not null);
    }

    [Fact]
    public void A_remote_cache_that_is_not_there_costs_one_warning_and_the_model_is_trained()
    {
        var events = new List<WorkerEvent>();

        using var run = Run(Request() with { RemoteCache = new RemoteCacheSettings { Address = "http://127.0.0.1:1/", Mode = RemoteCacheMode.ReadWrite } }, events);

        Assert.True(run.Trained);
        Assert.Equal(["FT6011"], events.Where(workerEvent => workerEvent.Diagnostic?.Severity == DiagnosticSeverity.Warning).Select(workerEvent => workerEvent.Diagnostic!.Code).Where(code => code.StartsWith("FT6", StringComparison.Ordinal)));
    }

    /// <summary>A request of a machine with a store of its own and a remote cache that it shares with the others.</summary>
    private WorkerRequest WithRemote(string store, RemoteCacheMode mode) => Request() with
    {
        StoreDirectory = Path.Combine(_folder, store),
        RemoteCache = new RemoteCacheSettings { Address = Directory.CreateDirectory(Path.Combine(_folder, "remote")).FullName, Mode = mode },
    };

    /// <summary>Starts a second run when the first one trains, and lets the first one go on when the second one waits.</summary>
    private (PipelineResult? First, (PipelineResult Result, List<WorkerEvent> Events) Second) RunTwo(CancellationToken cancellation, Action? whenTheSecondWaits = null)
    {
        using var waits = new ManualResetEventSlim();
        var events = new List<WorkerEvent>();
        Task<PipelineResult>? second = null;
        PipelineResult? first = null;
        try
        {
            first = ModelPipeline.Run(Request(), workerEvent =>
            {
                if (workerEvent.Message == "training")
                {
                    second = Task.Run(() => ModelPipeline.Run(Request(), Record, CancellationToken.None));
                    waits.Wait(TestContext.Current.CancellationToken);
                    whenTheSecondWaits?.Invoke();
                }
            }, cancellation);
        }
        catch (OperationCanceledException)
        {
            // As the caller wants it.
        }

        return (first, (second!.GetAwaiter().GetResult(), events));

        void Record(WorkerEvent workerEvent)
        {
            events.Add(workerEvent);
            if (workerEvent.Diagnostic?.Code == "FT6007")
            {
                waits.Set();
            }
        }
    }

    private static PipelineResult Run(WorkerRequest request, List<WorkerEvent>? events = null)
        => ModelPipeline.Run(request with { WeightsToo = true }, workerEvent => events?.Add(workerEvent), TestContext.Current.CancellationToken);

    private static MetricsDocument Metrics(PipelineResult result) => CoreJson.ReadMetrics(File.ReadAllText(result.Model.PathOf("metrics.json")));

    private WorkerRequest Request(Func<TrainingPlan, TrainingPlan>? change = null)
    {
        var plan = new TrainingPlan { Name = "Tiny", BaseModel = Path.Combine(_folder, "base"), TrainData = [new DataFile("train.tsv", TrainFile)], ValidationSplit = 0.25, Epochs = 1, BatchSize = 8, LearningRate = 1e-3 };
        return new WorkerRequest
        {
            Command = WorkerCommand.Train,
            Plan = change?.Invoke(plan) ?? plan,
            StoreDirectory = Path.Combine(_folder, "store"),
            BaseModelDirectory = Path.Combine(_folder, "base"),
        };
    }
}
