using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Native;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Training;

public sealed class ClassificationTrainingTests
{
    private static readonly TrainingPlan Plan = new()
    {
        Name = "triage",
        LearningRate = 2e-3,
        Epochs = 2,
        BatchSize = 8,
        Seed = 5,
    };

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var first = Train(Plan);
        var again = Train(Plan);
        var other = Train(Plan with { Seed = 6 });

        Assert.Equal(Bytes(first), Bytes(again));
        Assert.NotEqual(Bytes(first), Bytes(other));
    }

    [Fact]
    public void Layers_that_are_computed_again_change_no_byte()
    {
        var plan = Plan with { Epochs = 1, Dropout = 0.1, GradientAccumulation = 2 };

        Assert.Equal(Bytes(Train(plan)), Bytes(Train(plan with { GradientCheckpointing = GradientCheckpointing.On })));
    }

    [Fact]
    public void Training_learns_and_returns_the_logits_of_the_kept_weights()
    {
        var trained = Train(Plan with { Epochs = 6 });

        var data = Data();
        var right = trained.ValidationOutputs.Zip(data.Validation).Count(pair => pair.First.ToArray().AsSpan().IndexOf(pair.First.Max()) == pair.Second.Label);
        Assert.True(right > 0.5 * data.Validation.Count, $"{right} of {data.Validation.Count} right");
        Assert.Equal(150, trained.Summary.Steps);
        Assert.Equal(6, trained.Summary.Epochs);
        Assert.Equal("cpu", trained.Summary.Device);
        Assert.Equal(trained.Summary.Parameters, trained.Summary.TrainableParameters);
    }

    [Fact]
    public void A_fraction_of_an_epoch_and_a_limit_of_steps_end_training()
    {
        Assert.Equal(13, Train(Plan with { Epochs = 0.5 }).Summary.Steps);
        Assert.Equal(3, Train(Plan with { MaxSteps = 3 }).Summary.Steps);
        Assert.Equal(7, Train(Plan with { Epochs = 1, GradientAccumulation = 4 }).Summary.Steps);
    }

    [Fact]
    public void Of_equally_good_epochs_the_earliest_is_kept_and_patience_ends_training()
    {
        // With a rate this small no answer changes, so every epoch is as good as the first.
        var trained = Train(Plan with { LearningRate = 1e-12, Epochs = 10, EarlyStopping = 2 });

        Assert.Equal(1, trained.Summary.BestEpoch);
        Assert.Equal(3, trained.Summary.Epochs);
    }

    [Fact]
    public void Cut_texts_are_reported_with_their_number()
    {
        var reported = new List<Diagnostic>();

        var trained = Train(Plan with { MaxLength = 5, MaxSteps = 1 }, report: reported.Add);

        Assert.Equal(5, trained.MaxLength);
        var warning = Assert.Single(reported, diagnostic => diagnostic.Code == "FT1090");
        Assert.Contains("of 200 training texts are longer than 5 tokens", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_MaxLength_the_data_decide()
    {
        var trained = Train(Plan with { MaxSteps = 1 });

        Assert.Equal(Data().Train.Max(row => TinyBertFolder.Tokenizer.CountTokens(row.Text)), trained.MaxLength);
    }

    [Fact]
    public void An_unknown_metric_is_an_error_that_lists_the_known_ones()
    {
        var exception = Assert.Throws<FineTuneException>(() => Train(Plan with { BestMetric = "beauty", Epochs = 1 }));

        Assert.Equal("FT4002", exception.Code);
        Assert.Contains("accuracy", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_ends_training_between_two_steps()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Train(Plan, progress: _ => cancellation.Cancel(), cancellation: cancellation));
    }

    [Fact]
    public void Progress_ends_at_all_steps()
    {
        var messages = new List<TrainingProgress>();

        Train(Plan, progress: messages.Add);

        Assert.Equal(1, messages[^1].Fraction);
        Assert.Equal(50, messages[^1].TotalSteps);
        Assert.Equal(2, messages.Count(message => message.Metrics is not null));
        Assert.Contains(messages, message => message.Message.StartsWith("epoch 2/2, step 50/50, loss ", StringComparison.Ordinal));
    }

    [Fact]
    public void An_absent_device_is_an_error_with_a_way_out()
    {
        LibTorch.Load();
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "this machine has a CUDA device");

        Assert.Equal("FT3006", Assert.Throws<FineTuneException>(() => TrainingDevice.Of("Cuda:1")).Code);
    }

    [Fact]
    public void Balanced_weights_make_each_class_count_the_same()
    {
        var weights = ClassificationObjective.BalancedWeights([3, 1]);

        Assert.Equal([4 / 6.0, 2.0], weights);
    }

    [Fact]
    public void Each_epoch_has_every_row_once_and_another_order()
    {
        var first = EpochOrder.Batches(103, 8, seed: 1, epoch: 0);
        var second = EpochOrder.Batches(103, 8, seed: 1, epoch: 1);

        Assert.Equal(Enumerable.Range(0, 103), first.SelectMany(batch => batch).Order());
        Assert.NotEqual(first.SelectMany(batch => batch), second.SelectMany(batch => batch));
        Assert.Equal(first, EpochOrder.Batches(103, 8, seed: 1, epoch: 0));
    }

    private static ClassificationData Data() => TinyBertTraining.Data();

    private static TrainedModel Train(TrainingPlan plan, Action<TrainingProgress>? progress = null, Action<Diagnostic>? report = null, CancellationTokenSource? cancellation = null)
        => TinyBertTraining.Run(plan, progress: progress, report: report, cancellation: cancellation?.Token);

    private static byte[] Bytes(TrainedModel model) => TinyBertTraining.Bytes(model);
}
