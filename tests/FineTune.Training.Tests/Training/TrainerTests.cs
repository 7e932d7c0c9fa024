using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Tests.Models;
using FineTune.Training.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Dividing_a_step_into_batches_changes_nothing()
    {
        var rows = TinyBertFolder.Rows();

        var whole = Train(steps: rows.Chunk(12).Take(3).Select(step => new[] { step }));
        var divided = Train(steps: rows.Chunk(12).Take(3).Select(step => new[] { step[..5], step[5..6], step[6..] }));

        Assert.Equal(whole.Losses, divided.Losses, (left, right) => Math.Abs(left - right) < 1e-5);
        Assert.Equal(whole.GradientNorms, divided.GradientNorms, (left, right) => Math.Abs(left - right) < 1e-4);
    }

    [Fact]
    public void The_order_of_batches_within_a_step_changes_nothing()
    {
        var rows = TinyBertFolder.Rows();

        var forward = Train(steps: rows.Chunk(12).Take(3).Select(step => new[] { step[..4], step[4..9], step[9..] }));
        var backward = Train(steps: rows.Chunk(12).Take(3).Select(step => new[] { step[9..], step[4..9], step[..4] }));

        Assert.Equal(forward.Losses, backward.Losses, (left, right) => Math.Abs(left - right) < 1e-5);
        Assert.Equal(forward.GradientNorms, backward.GradientNorms, (left, right) => Math.Abs(left - right) < 1e-4);
    }

    [Fact]
    public void Rows_learn_the_same_however_far_their_batch_is_filled_up()
    {
        // Batches of one row have no padding at all.
        var rows = TinyBertFolder.Rows();

        var padded = Train(steps: rows.Chunk(8).Take(3).Select(step => new[] { step }));
        var alone = Train(steps: rows.Chunk(8).Take(3).Select(step => step.Select(row => new[] { row }).ToArray()));

        Assert.Equal(padded.Losses, alone.Losses, (left, right) => Math.Abs(left - right) < 1e-6);
        Assert.Equal(padded.GradientNorms, alone.GradientNorms, (left, right) => Math.Abs(left - right) < 1e-5);
    }

    [Fact]
    public void Class_weights_are_averaged_over_the_whole_step()
    {
        var rows = TinyBertFolder.Rows();
        double[] weights = [0.5, 2, 1];

        var whole = Train(steps: rows.Chunk(12).Take(2).Select(step => new[] { step }), classWeights: weights);
        var divided = Train(steps: rows.Chunk(12).Take(2).Select(step => new[] { step[..7], step[7..] }), classWeights: weights);

        Assert.Equal(whole.Losses, divided.Losses, (left, right) => Math.Abs(left - right) < 1e-5);
    }

    [Fact]
    public void Frozen_parameters_keep_every_bit()
    {
        using var before = TinyBertFolder.Parameters();
        using var parameters = TinyBertFolder.Parameters(name => FrozenStrategy.GroupOf(name, 0.01, layerCount: 3, trainableLayers: 1));
        using var objective = new ClassificationObjective(TinyBertFolder.Model(parameters), CPU, new Dropout(1));

        using var optimizer = new AdamW(parameters);
        _ = Trainer.Run<IReadOnlyList<EncodedText>>(optimizer, objective, TinyBertFolder.Rows().Chunk(8).Take(5).Select(batch => new[] { batch }), Settings(5)).ToArray();

        foreach (var definition in parameters.Definitions)
        {
            var changed = !before.Read(definition.Name).SequenceEqual(parameters.Read(definition.Name));
            // The key's bias has no effect on attention weights, so its gradient is rounding noise or nothing.
            Assert.True(changed == parameters.IsTrainable(definition.Name) || definition.Name.EndsWith("key.bias", StringComparison.Ordinal), definition.Name);
        }
    }

    [Fact]
    public void A_layer_decay_of_one_equals_full_fine_tuning_bit_for_bit()
    {
        var steps = TinyBertFolder.Rows().Chunk(8).Take(5).Select(batch => new[] { batch }).ToArray();

        var full = Train(steps, name => FullStrategy.GroupOf(name, 0.01), new Dropout(1));
        var layerwise = Train(steps, name => LayerwiseDecayStrategy.GroupOf(name, 0.01, layerCount: 3, layerDecay: 1), new Dropout(1));

        Assert.Equal(full.Weights, layerwise.Weights);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_training_and_names_the_last_good_step()
    {
        using var parameters = TinyBertFolder.Parameters();
        using var objective = new ClassificationObjective(TinyBertFolder.Model(parameters), CPU, dropout: null);
        using var optimizer = new AdamW(parameters);
        var steps = Trainer.Run<IReadOnlyList<EncodedText>>(optimizer, objective, TinyBertFolder.Rows().Chunk(8).Select(batch => new[] { batch }), Settings(30)).GetEnumerator();
        steps.MoveNext();
        steps.MoveNext();
        parameters.Write("classifier.bias", [float.NaN, 0, 0]);

        var exception = Assert.Throws<FineTuneException>(() => steps.MoveNext());

        Assert.Equal("FT4001", exception.Code);
        Assert.Contains("the last good step was 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_stays_the_same_from_step_to_step()
    {
        using var parameters = TinyBertFolder.Parameters();
        using var objective = new ClassificationObjective(TinyBertFolder.Model(parameters), CPU, new Dropout(1));
        var tensors = new List<long>();

        // The statistics are of this thread, so other tests do not disturb them.
        using var optimizer = new AdamW(parameters);
        foreach (var step in Trainer.Run<IReadOnlyList<EncodedText>>(optimizer, objective, TinyBertFolder.Rows().Chunk(8).Take(10).Select(batch => new[] { batch }), Settings(10)))
        {
            var statistics = DisposeScopeManager.Statistics.TensorStatistics;
            tensors.Add(statistics.ThreadTotalLiveCount);
        }

        Assert.Single(tensors.Skip(1).Distinct());
    }

    private static TrainerSettings Settings(int steps) => new(1e-3, new LearningRateSchedule(Scheduler.Linear, 0, steps), MaxGradientNorm: 1);

    private static (double[] Losses, double[] GradientNorms, float[] Weights) Train(IEnumerable<IReadOnlyList<EncodedText[]>> steps, Func<string, ParameterGroup>? groupOf = null, Dropout? dropout = null, double[]? classWeights = null)
    {
        using var parameters = TinyBertFolder.Parameters(groupOf);
        using var objective = new ClassificationObjective(TinyBertFolder.Model(parameters), CPU, dropout, classWeights: classWeights);
        using var optimizer = new AdamW(parameters);
        var done = Trainer.Run<IReadOnlyList<EncodedText>>(optimizer, objective, steps, Settings(5)).ToArray();
        return ([.. done.Select(step => step.Loss)], [.. done.Select(step => step.GradientNorm)], [.. parameters.Definitions.SelectMany(definition => parameters.Read(definition.Name))]);
    }
}
