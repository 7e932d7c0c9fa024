using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Training;

public sealed class WatchingTests
{
    private static readonly TrainingPlan Plan = new() { Name = "triage", LearningRate = 2e-3, Epochs = 2, BatchSize = 8, Seed = 5 };

    private readonly List<Diagnostic> warnings = [];

    [Fact]
    public void A_training_that_goes_well_warns_of_nothing()
        => Assert.Empty(TinyBertTraining.Run(Plan with { Epochs = 4 }, EasyData(), report: warnings.Add).Summary.Warnings.Concat(warnings));

    [Fact]
    public void A_validation_loss_that_rises_names_the_epoch_to_stop_at()
    {
        var (history, best) = Curve((0.7, 0.5, 0.6), (0.4, 0.4, 0.8), (0.2, 0.5, 0.8), (0.1, 0.6, 0.8));

        new OverfittingWatch(Plan, history, best, warnings.Add).OnEnd();

        var warning = Assert.Single(warnings);
        Assert.Equal("FT4010", warning.Code);
        Assert.Contains("from 0.400 to 0.600", warning.Message, StringComparison.Ordinal);
        Assert.Contains("set Epochs=2 or EarlyStopping=2", warning.Message, StringComparison.Ordinal);

        new OverfittingWatch(Plan with { EarlyStopping = 2 }, history, best, warnings.Add).OnEnd();

        Assert.Single(warnings);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.3)]
    public void A_rising_loss_with_a_rising_metric_or_a_small_rise_is_no_overfitting(double lastAccuracy)
    {
        var (history, best) = lastAccuracy > 0.8
            ? Curve((0.7, 0.5, 0.6), (0.4, 0.4, 0.8), (0.2, 0.5, 0.8), (0.1, 0.6, lastAccuracy))
            : Curve((0.7, 0.5, 0.6), (0.4, 0.4, 0.8), (0.2, 0.42, 0.8), (0.1, 0.45, lastAccuracy));

        new OverfittingWatch(Plan, history, best, warnings.Add).OnEnd();

        Assert.Empty(warnings);
    }

    [Fact]
    public void A_loss_like_that_of_guessing_says_that_nothing_was_learned()
    {
        var trained = TinyBertTraining.Run(Plan with { LearningRate = 1e-9, Epochs = 4 });

        var warning = Assert.Single(trained.Summary.Warnings, warning => warning.Code is "FT4013" or "FT4014");
        Assert.Equal("FT4013", warning.Code);
        Assert.Contains("LearningRate=4e-9", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_model_that_learned_nothing_is_told_of_its_texts_and_of_no_label()
    {
        var history = Curve((0.7, 0.5, 0.6)).History;
        for (var step = 2; step <= 30; step++)
        {
            history.OnStep(new TrainingStep(step, 8, 0.7, 1, 1));
            history.OnEvaluation(Evaluation(step, 0.5, 0.6));
        }

        foreach (var task in new[] { FineTuneTask.MaskedLanguageModeling, FineTuneTask.TextRegression })
        {
            new LossWatch(Plan with { Task = task, LearningRate = 1e-5 }, chanceLoss: 0.7, new TrainingLength(10, 30), history, warnings.Add).OnEnd();
        }

        Assert.Equal(["FT4013", "FT4013"], warnings.Select(warning => warning.Code));
        Assert.DoesNotContain("Column", warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("a language that the base model knows", warnings[0].Message, StringComparison.Ordinal);
        Assert.Contains("TextColumn and LabelColumn", warnings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_that_is_too_high_is_told_with_a_lower_one()
    {
        var trained = TinyBertTraining.Run(Plan with { LearningRate = 0.5, WarmupSteps = 0, Epochs = 4 });

        Assert.Contains(trained.Summary.Warnings, warning => warning.Code == "FT4014" && warning.Message.Contains("LearningRate=1.25e-1 and WarmupSteps=0.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Gradients_that_explode_are_told_with_the_layer()
    {
        var watch = new GradientWatch(Plan with { MaxGradientNorm = 0 }, warnings.Add);
        Sample(watch, _ => 1, norm: 5000);

        var warning = Assert.Single(warnings);
        Assert.Equal("FT4012", warning.Code);
        Assert.Contains("MaxGradientNorm=1", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_that_vanish_are_told_with_the_layers()
    {
        Sample(new GradientWatch(Plan, warnings.Add), layer => layer == 2 ? 1 : 1e-6, norm: 1);

        var warning = Assert.Single(warnings);
        Assert.Equal("FT4011", warning.Code);
        Assert.Contains("layer 0 are 1.0e-6 of layer 2's", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_never_answered_is_named_with_its_rows()
    {
        using var parameters = TinyBertFolder.Parameters();
        var best = new BestEvaluation("accuracy", 0, 0, parameters);
        best.OnEvaluation(Evaluation(1, 0.5, 0.5, [[1, 0, 0], [1, 0, 0], [0, 0, 1]]));

        new UnpredictedLabelWatch(Plan, ["delivery", "praise", "question"], [.. Enumerable.Repeat(1, 6), 0, 2], best, warnings.Add).OnEnd();

        var warning = Assert.Single(warnings);
        Assert.Equal("FT4015", warning.Code);
        Assert.Contains("'praise' (6)", warning.Message, StringComparison.Ordinal);
        Assert.Contains("ClassWeights=Balanced", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_were_exchanged_on_purpose_are_found_by_file_and_row()
    {
        int[] wrong = [10, 331];
        var data = EasyData(wrong);

        var trained = TinyBertTraining.Run(Plan with { Epochs = 6, LearningRate = 5e-3 }, data);

        var warning = Assert.Single(trained.Summary.Warnings, warning => warning.Code == "FT4016");
        Assert.All(wrong, row => Assert.Contains($"rows.csv({row + 2},1) says '{TinyBertFolder.Labels[data.Train[row].Label]}', the model '{TinyBertFolder.Labels[1 - data.Train[row].Label]}'", warning.Message, StringComparison.Ordinal));
        Assert.StartsWith("2 training rows", warning.Message, StringComparison.Ordinal);
        Assert.Contains(warning.Location!.Line, wrong.Select(row => row + 2));
    }

    [Theory]
    [InlineData(3, 6, true)]
    [InlineData(2, 6, false)]
    [InlineData(3, 4, false)]
    public void A_label_is_doubted_when_the_loss_stays_high_each_time_the_row_is_met_again(int meetings, float distance, bool isDoubted)
    {
        var watch = new LabelErrorWatch([new LabelledText("Where is it?", 1, new SourceLocation("rows.csv", 2, 1))], ["delivery", "praise"], warnings.Add);
        for (var meeting = 0; meeting < meetings; meeting++)
        {
            watch.Add([new EncodedText([1], 1)], [distance, 0]);
        }

        watch.OnEnd();

        Assert.Equal(isDoubted, warnings.Count == 1);
    }

    [Fact]
    public void A_copy_of_a_row_is_not_doubted()
    {
        var watch = new LabelErrorWatch([new LabelledText("Where is it?", 1, new SourceLocation("rows.csv", 2, 1))], ["delivery", "praise"], warnings.Add);

        watch.Add([new EncodedText([1], 1, Row: 1)], [9, 0]);
        watch.OnEnd();

        Assert.Empty(warnings);
    }

    [Fact]
    public void A_training_that_will_take_long_is_told_early_with_what_makes_it_shorter()
    {
        var time = new ManualTime();
        var watch = new DurationWatch(Plan with { Epochs = 4 }, new TrainingLength(1250, 5000), 128, onProcessor: true, warnings.Add, time);

        for (var step = 1; step <= 30; step++)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            watch.OnStep(new TrainingStep(step, 8, 1, 1, 1));
        }

        var warning = Assert.Single(warnings);
        Assert.Equal("FT4017", warning.Code);
        Assert.Contains("about 83 minutes more (5000 steps). It takes less with Strategy=Frozen, MaxLength=64, Epochs=2, EarlyStopping=2", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_will_be_over_soon_is_not_warned_of()
    {
        var time = new ManualTime();
        var watch = new DurationWatch(Plan, new TrainingLength(100, 300), 128, onProcessor: true, warnings.Add, time);

        for (var step = 1; step <= 30; step++)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            watch.OnStep(new TrainingStep(step, 8, 1, 1, 1));
        }

        Assert.Empty(warnings);
    }

    [Fact]
    public void The_loss_of_guessing_is_the_entropy_of_the_labels()
    {
        Assert.Equal(Math.Log(2), ClassificationObjective.ChanceLoss([50, 50], 0, null), 12);
        Assert.Equal(-(0.9 * Math.Log(0.9)) - (0.1 * Math.Log(0.1)), ClassificationObjective.ChanceLoss([90, 10], 0, null), 12);
        Assert.Equal(Math.Log(2), ClassificationObjective.ChanceLoss([90, 10], 0, [100 / 180.0, 100 / 20.0]), 12);
    }

    [Fact]
    public void With_smoothing_and_weights_the_loss_of_guessing_is_what_torch_gives()
    {
        int[] counts = [30, 10, 5];
        double[] weights = [0.5, 1.5, 3];
        double[] shares = [.. counts.Select((rows, label) => weights[label] * ((0.8 * rows) + (0.2 / 3 * 45)))];
        FineTune.Training.Native.LibTorch.Load();
        using var scope = NewDisposeScope();
        var logits = tensor(shares.Select(share => (float)Math.Log(share / shares.Sum())).ToArray()).unsqueeze(0).expand(45, 3);
        var labels = tensor(counts.SelectMany((rows, label) => Enumerable.Repeat((long)label, rows)).ToArray());

        var expected = nn.functional.cross_entropy(logits, labels, weight: tensor(weights.Select(weight => (float)weight).ToArray()), label_smoothing: 0.2).item<float>();

        Assert.Equal(expected, ClassificationObjective.ChanceLoss(counts, 0.2, weights), 5);
    }

    [Fact]
    public void A_step_that_does_not_fit_says_what_would()
    {
        using var parameters = TinyBertFolder.Parameters();
        var texts = Enumerable.Range(0, 64).Select(_ => new EncodedText(new int[40], 0)).ToArray();
        var plan = Plan with { BatchSize = 64, GradientAccumulation = 2, GradientCheckpointing = GradientCheckpointing.On };
        var largest = new TrainingMemory(plan, TinyBertFolder.Architecture, parameters, texts, usable: null).Largest;

        var exception = Assert.Throws<FineTuneException>(() => new TrainingMemory(plan, TinyBertFolder.Architecture, parameters, texts, largest / 2).Require(_ => { }));

        Assert.Equal("FT4003", exception.Code);
        Assert.Contains("64 rows of up to 40 tokens", exception.Message, StringComparison.Ordinal);
        Assert.Contains("BatchSize=8 with GradientAccumulation=16", exception.Message, StringComparison.Ordinal);
        new TrainingMemory(plan, TinyBertFolder.Architecture, parameters, texts, largest).Require(diagnostic => Assert.Fail(diagnostic.Message));
    }

    [Fact]
    public void A_step_that_fits_only_when_layers_are_computed_again_is_done_so_and_says_it()
    {
        using var parameters = TinyBertFolder.Parameters();
        var texts = Enumerable.Range(0, 64).Select(_ => new EncodedText(new int[40], 0)).ToArray();
        var plan = Plan with { BatchSize = 64 };
        var kept = Memory(plan, usable: null);
        var computedAgain = Memory(plan with { GradientCheckpointing = GradientCheckpointing.On }, usable: null);
        var reported = new List<Diagnostic>();
        Assert.False(kept.UsesCheckpoints);
        Assert.True(computedAgain.UsesCheckpoints);
        Assert.True(computedAgain.Largest < kept.Largest);

        var memory = Memory(plan, kept.Largest - 1);
        memory.Require(reported.Add);

        Assert.True(memory.UsesCheckpoints);
        Assert.Equal("FT4033", Assert.Single(reported).Code);
        Assert.False(Memory(plan, kept.Largest).UsesCheckpoints);
        var exception = Assert.Throws<FineTuneException>(() => Memory(plan with { GradientCheckpointing = GradientCheckpointing.Off }, kept.Largest - 1).Require(reported.Add));
        Assert.Contains("GradientCheckpointing=On needs about", exception.Message, StringComparison.Ordinal);

        TrainingMemory Memory(TrainingPlan plan, long? usable) => new(plan, TinyBertFolder.Architecture.With(TinyBertFolder.Config with { LayerCount = 12 }), parameters, texts, usable);
    }

    [Fact]
    public void A_model_that_does_not_fit_at_all_is_told_so()
    {
        using var parameters = TinyBertFolder.Parameters();
        var memory = new TrainingMemory(Plan, TinyBertFolder.Architecture, parameters, [new EncodedText(new int[40], 0)], usable: 1000);

        Assert.Contains("smaller BaseModel", Assert.Throws<FineTuneException>(() => memory.Require(_ => { })).Message, StringComparison.Ordinal);
    }

    /// <summary>Rows whose words leave no doubt, some of them with the other label on purpose.</summary>
    private static ClassificationData EasyData(params int[] wrong)
    {
        LabelledText[] rows = [.. Enumerable.Range(0, 800).Select(row =>
        {
            var label = row % 2;
            var words = label == 0 ? "parcel arrived late broken" : "great thank good service";
            return new LabelledText($"{words} {(row % 3 == 0 ? "please" : "very much")}", wrong.Contains(row) ? 1 - label : label, new SourceLocation("rows.csv", row + 2, 1));
        })];
        return new ClassificationData { Labels = TinyBertFolder.Labels, Train = rows, Validation = rows[..10], Test = [] };
    }

    private static TrainingEvaluation Evaluation(int step, double loss, double accuracy, IReadOnlyList<IReadOnlyList<float>>? logits = null)
        => new(step, step, new Dictionary<string, double> { ["loss"] = loss, ["accuracy"] = accuracy }, logits ?? [[0, 1]]);

    private static (TrainingHistory History, BestEvaluation Best) Curve(params (double TrainingLoss, double Loss, double Accuracy)[] points)
    {
        using var parameters = TinyBertFolder.Parameters();
        var (history, best) = (new TrainingHistory(), new BestEvaluation("accuracy", 0, 0, parameters));
        for (var i = 0; i < points.Length; i++)
        {
            history.OnStep(new TrainingStep(i + 1, 8, points[i].TrainingLoss, 1, 1));
            history.OnEvaluation(Evaluation(i + 1, points[i].Loss, points[i].Accuracy));
            best.OnEvaluation(Evaluation(i + 1, points[i].Loss, points[i].Accuracy));
        }

        return (history, best);
    }

    /// <summary>A hundred steps with gradients of one size for each layer.</summary>
    private static void Sample(GradientWatch watch, Func<int, double> gradientOf, double norm)
    {
        using var parameters = TinyBertFolder.Parameters();
        for (var layer = 0; layer < 3; layer++)
        {
            foreach (var definition in parameters.Definitions.Where(definition => definition.Name.Contains($"layer.{layer}.", StringComparison.Ordinal)))
            {
                using var value = ((float)gradientOf(layer)).ToScalar();
                parameters[definition.Name].grad!.fill_(value);
            }
        }

        for (var step = 1; step <= 100; step++)
        {
            watch.OnGradients(step, parameters);
            watch.OnStep(new TrainingStep(step, 8, 1, norm, 1));
        }

        watch.OnEnd();
    }
}
